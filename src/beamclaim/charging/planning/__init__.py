"""Planning: physician planning, dose plans, and what lies inside an IMRT plan."""
