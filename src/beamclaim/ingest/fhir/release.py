"""What belongs to FHIR R4 and what only to R5: resource types and the members that changed their names."""

RESOURCE_TYPES = frozenset(
    """
    Account ActivityDefinition AdministrableProductDefinition AdverseEvent AllergyIntolerance Appointment
    AppointmentResponse AuditEvent Basic Binary BiologicallyDerivedProduct BodyStructure Bundle CapabilityStatement
    CarePlan CareTeam CatalogEntry ChargeItem ChargeItemDefinition Citation Claim ClaimResponse ClinicalImpression
    ClinicalUseDefinition CodeSystem Communication CommunicationRequest CompartmentDefinition Composition ConceptMap
    Condition Consent Contract Coverage CoverageEligibilityRequest CoverageEligibilityResponse DetectedIssue Device
    DeviceDefinition DeviceMetric DeviceRequest DeviceUseStatement DiagnosticReport DocumentManifest DocumentReference
    EffectEvidenceSynthesis Encounter Endpoint EnrollmentRequest EnrollmentResponse EpisodeOfCare EventDefinition
    Evidence EvidenceReport EvidenceVariable ExampleScenario ExplanationOfBenefit FamilyMemberHistory Flag Goal
    GraphDefinition Group GuidanceResponse HealthcareService ImagingStudy Immunization ImmunizationEvaluation
    ImmunizationRecommendation ImplementationGuide Ingredient InsurancePlan Invoice Library Linkage List Location
    ManufacturedItemDefinition Measure MeasureReport Media Medication MedicationAdministration MedicationDispense
    MedicationKnowledge MedicationRequest MedicationStatement MedicinalProduct MedicinalProductAuthorization
    MedicinalProductContraindication MedicinalProductDefinition MedicinalProductIndication MedicinalProductIngredient
    MedicinalProductInteraction MedicinalProductManufactured MedicinalProductPackaged MedicinalProductPharmaceutical
    MedicinalProductUndesirableEffect MessageDefinition MessageHeader MolecularSequence NamingSystem NutritionOrder
    NutritionProduct Observation ObservationDefinition OperationDefinition OperationOutcome Organization
    OrganizationAffiliation PackagedProductDefinition Parameters Patient PaymentNotice PaymentReconciliation Person
    PlanDefinition Practitioner PractitionerRole Procedure Provenance Questionnaire QuestionnaireResponse
    RegulatedAuthorization RelatedPerson RequestGroup ResearchDefinition ResearchElementDefinition ResearchStudy
    ResearchSubject RiskAssessment RiskEvidenceSynthesis Schedule SearchParameter ServiceRequest Slot Specimen
    SpecimenDefinition StructureDefinition StructureMap Subscription SubscriptionStatus SubscriptionTopic Substance
    SubstanceDefinition SubstanceNucleicAcid SubstancePolymer SubstanceProtein SubstanceReferenceInformation
    SubstanceSourceMaterial SubstanceSpecification SupplyDelivery SupplyRequest Task TerminologyCapabilities TestReport
    TestScript ValueSet VerificationResult VisionPrescription
    """.split()
)
"""Resource types of FHIR 4.0.1 and 4.3.0."""

LATER_TYPES = frozenset(
    """
    ActorDefinition ArtifactAssessment BiologicallyDerivedProductDispense ConditionDefinition DeviceAssociation
    DeviceDispense DeviceUsage EncounterHistory FormularyItem GenomicStudy ImagingSelection InventoryItem
    InventoryReport MolecularDefinition NutritionIntake Permission RequestOrchestration Requirements TestPlan Transport
    """.split()
)
"""Resource types that came with FHIR 5.0.0 or later."""

LATER_MEMBERS: dict[str, frozenset[str]] = {
    "Procedure": frozenset(
        {"occurrenceDateTime", "occurrencePeriod", "occurrenceString", "occurrenceAge", "occurrenceTiming", "reason"}
    ),
    "ServiceRequest": frozenset({"reason", "asNeededFor", "bodyStructure"}),
    "Encounter": frozenset({"actualPeriod", "plannedStartDate", "admission", "virtualService", "reason"}),
    "BodyStructure": frozenset({"includedStructure", "excludedStructure"}),
    "Consent": frozenset({"grantor", "grantee", "decision", "controller", "regulatoryBasis"}),
    "DocumentReference": frozenset({"attester", "modality", "bodySite"}),
    "ChargeItem": frozenset({"reason"}),
    "Coverage": frozenset({"insurer", "kind", "paymentBy"}),
    "Condition": frozenset({"participant"}),
}
"""Members that R4 does not know and R5 does, of the resources that are read (and would be silently missed)."""
