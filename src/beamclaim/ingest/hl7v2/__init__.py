"""HL7 v2 messages (ER7) → what they say of patients, charges, documents, appointments and orders.

`read_hl7v2` gives assertions alone; deliveries are never told by HL7 v2: a charge is what somebody captured. Names:

| subject | key | names |
|---|---|---|
| message | MSG | `type`, `sender`, `sent_at`, `digest`; `not_read`: a message type, `test`, `resent`, or the name of a Z segment |
| patient | patient id | `id`, `birth_date`, `sex`, `merged_from` (MRG-1), `diagnoses` (DG1 as one list) |
| stay | PV1-19 | `kind` (`inpatient`), `first_day`, `last_day`: patient class I alone; `event` (of ADT: admitted, discharged, |
| | | expected, outpatient, admission_cancelled, discharge_cancelled, visit_deleted) |
| coverage | MSG/IN1-n | `payer`, `payer_name` |
| authorization | MSG/IN1-n | `number`, `first_day` (IN1-14) |
| charge | MSG/FT1-n | `charge` (FT1-2), `kind` (charge, credit, payment, adjustment, copayment), `date`, `posted_on`, `code`, |
| | | `charge_master` (FT1-7), `modifiers`, `units` (below zero for a credit), `amount` (USD), `diagnoses`, `department`, |
| | | `performed_by`, `ordered_by` (NPI), `order` (FT1-23), `served_at` (FT1-4 with its hour); by a mapping also `plan`, |
| | | `fraction`, `same_id` (what a second charge of one id means) |
| procedure | MSG/PR1-n | `code`, `date`, `modifiers`, `performed_by`, `part_of` (key of the charge it stands behind) |
| document | TXA-12, OBR-3 | `type` (sender's own), `item` (by a mapping), `reference`, `date`, `status`, `availability`, `replaces`, |
| | | `adds_to` or `parent` (TXA-13, by the trigger), `signed_by` (`""`: its status says unsigned), `signed_on`; for an OBX |
| | | also `part_of` (key of its report) |
| session | SCH-2 | `appointment`, `planned_at`, `planned_until`, `planned_status`, `planned_kind` (by a mapping), `type`, `resource`, |
| | | `location`: what was planned, never that it took place |
| order | ORC-2, ORC-3 | `order`, `status`, `type`, `kind` (by a mapping), `ordered_on`, `ordered_by` (NPI) |

MSG is the sender (MSH-3 and MSH-4) and the control id, `ARIA|RADONC|MSH-10`, since two senders may use one control id;
where MSH-10 is empty, `@` and the digest. FieldPlace a subject's own number is empty its key is `MSG/SEG-n` (n counts from 1).
Of a charge, document, stay and session every message also says `told_at`: when it was sent (MSH-7), over all its bytes.
One number in several messages is one subject told again, and so is one control id of one sender in several files.
Text of reports (OBX-5), names of patients and addresses are never read.
"""

from beamclaim.ingest.hl7v2.mapping import Mapping, load_mapping
from beamclaim.ingest.hl7v2.reader import read_hl7v2

__all__ = ["Mapping", "load_mapping", "read_hl7v2"]
