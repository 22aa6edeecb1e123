"""Clinics, patients, treatments and claims that never existed, written as the files of real ones."""
