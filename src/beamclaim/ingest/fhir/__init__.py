"""FHIR R4 in JSON, as CodeX Radiation Therapy 2.0.0 and mCODE 4.0.0 profile it.

What is stated, by subject (the subject's key is `Type/id`, of something contained `Type/id#id`, of a part of a
resource `Type/id/dose[0]`); keys of the course form keep their names and meanings:

| Subject | Names |
|---|---|
| every one | `patient` (reference), `status`, `version` (meta.versionId), `withdrawn` (entered in error: nothing else is read) |
| patient | `id` (identifier of type MR, else the first, else the resource's id), `birth_date`, `sex` |
| condition | `diagnoses`, `site`, `date` |
| course, phase, plan, prescription, fraction | `level`, `aspect` (prescribed, planned, treated), `label`, `uid`, `part_of`, `based_on`, `predecessor` (replaces), `reason_reference`, `intent`, `modality`, `technique`, `technique_family` (imrt, 3d, 2d, pencil_beam, scattering, brachytherapy …), `energy_mv`, `energy_mev`, `energy_kv`, `isotope`, `guidance`, `intrafraction_verification`, `motion_management`, `dose_gy` (prescribed, planned), `dose_delivered_gy`, `fractions_planned` (or prescribed), `fractions_delivered`, `sessions_delivered`, `diagnoses`, `site`, `laterality`, `prior_radiation` (course involves re-irradiation), `termination`, `revision_reason`, `dicom_plan`, `dicom_record`, `dicom_object` (SOP Instance UIDs), `authored_on`, `requested_by`, `approved_by`, `approved_on` (a signature of a Provenance), `started_on`, `ended_on`, `treated_until` (last day so far), `performed_by`, `machine_reference` |
| fraction, beside its row of deliveries | `fraction` (number in the plan), `fraction_in_phase`, `session` |
| dose (to one volume) | `part_of`, `volume`, `dose_gy`, `dose_delivered_gy`, `dose_per_fraction_gy`, `fractions_planned`, `fractions_delivered`, `uniform_fractionation`, `is_primary` |
| volume | `label`, `uid` (Conceptual Volume UID), `volume_kind`, `site`, `laterality` |
| session | `session_number`, `uid` (Treatment Session UID), `based_on`, `started_at`, `ended_at` |
| stay | `kind`, `first_day`, `last_day` |
| procedure, order (of other kinds) | `code` (`system|code` as written), `date`, `diagnoses`, `based_on`, `site`, `authored_on`, `requested_by` |
| document | `item` (key of the documentation items, null: not certain), `type`, `document_status`, `date`, `signed_by`, `reference`, `author`, `performed_by`, `interpreted_by`, `agreed_by`, `scope`, `verified` |
| coverage | `payer`, `payer_reference`, `type`, `first_day`, `last_day` |
| authorization | `number`, `first_day`, `last_day`, `use`, `outcome`, `request`, `code`, `modifiers`, `units`, `part_of` |
| charge | `charge`, `code`, `modifiers`, `units`, `date`, `service`, `part_of` |
| reference | `target`: the key of what the file refers to and does not hold; another file of the run may |
| resource (of which nothing else is said) | `resource_type`, `name` |

Local time is the wall time as written with its offset; a time in UTC has no local time (and before noon no day). Kinds of
fault: `json`, `resource_type`, `release`, `modifier`, `element`, `unit`, `date`, `time_zone`, `invariant`, `subject`,
`reference`, `circle`, `duplicate`, `superseded`, `withdrawn`, `not_read`.
"""  # noqa: E501

from beamclaim.ingest.fhir.reader import read_fhir

__all__ = ["read_fhir"]
