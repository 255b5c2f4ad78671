"""What is posted where it is no form: one fictional example for each operation, by its name in the contract.

Forms bring their own examples, in their JSON Schemas. That each example fits its schema is proven by a test.
"""

from collections.abc import Mapping
from typing import Any

_CASE = "01JP0ZK8W3T5N7Q9R1S2V4X6Y8"

EXAMPLES: Mapping[str, Mapping[str, Any]] = {
    "issue_token": {
        "grant_type": "client_credentials",
        "client_id": "th-shelter-n1-1a2b3c4d",
        "client_secret": "shown once, by `homeward client add`",
        "scope": "cases:write casefile:write",
    },
    "open_case": {"destination": "TH", "origin": "MM"},
    "begin_attachment": {"media_type": "image/jpeg", "bytes": 482113},
    "snooze_alert": {"until": "2025-05-02T09:00:00+07:00", "reason_code": "waiting_for_other_side"},
    "name_barrier": {"barrier": "nationality"},
    "assign": {"role": "SW"},
    "save_draft": {"level": "basic", "header": {"admission_date": "2025-03-01"}},
    "finalise_draft": {"recipient": "MM-DSW"},
    "break_glass": {"reason_code": "nobody_reachable", "reason": "The person needs to be reached tonight."},
    "ask_release": {
        "purpose": "care",
        "reason_code": "handing_over_care",
        "reason": "The clinic at home goes on with the treatment.",
        "recipient": "MM-DSW",
    },
    "merge_case": {"into": _CASE, "reason_code": "person_confirms"},
    "recall": {
        "records": [
            {
                "purpose": "SHARE_FULL_ORIGIN_WELFARE",
                "recipient": "origin_welfare",
                "decision": "withdrawn",
                "given_by": "self",
                "method": "witnessed_verbal",
                "witness_role": "shelter_worker",
                "explained": ["withdrawal", "storage_time"],
                "language": "mnw",
                "interpreter_used": "yes",
                "date": "2025-05-02",
            }
        ],
        "asks": ["stop_using"],
    },
    "preview_agenda": {
        "meeting": "cmm",
        "corridor": {"destination": "TH", "origin": "MM"},
        "since": "2025-02-01",
        "held_on": "2025-05-15",
        "recipient": "MM-DSW",
    },
    "explain_draft": {
        "population": "adult",
        "answers": [{"question_id": "F01Q1", "answer": "no"}, {"question_id": "F01Q2", "answer": "no"}],
        "ranks": [{"factor_id": "F01", "level": "none", "basis": ["F01Q1", "F01Q2"]}],
    },
    "import_records": {
        "csv": "prs_FirstName,prs_Gender,prs_Birthdate,prs_Citizenship\nThidar Wai,Feminine,2001-04-01,MMR\n"
    },
    "correct_year": {"reason_code": "late_document"},
    "approve_terms": {
        "recipient": "MM-DSW",
        "corridor": {"destination": "TH", "origin": "MM"},
        "valid_from": "2025-06-01",
        "terms": {"return_months": 6, "assessment_valid_days": 90},
    },
    "import_bundle": {"lines": ["the first line of the file", "any of the others"]},
}
