"""Every kind of document, in the order of its form number. A new kind is one file and one line here."""

from collections.abc import Mapping
from typing import cast

from schemas.assessment_review import AssessmentReview
from schemas.case_closure import CaseClosure
from schemas.case_file import CaseFile
from schemas.case_worker_visit import CaseWorkerVisitReport
from schemas.consent_withdrawal import ConsentWithdrawal
from schemas.departure_record import DepartureRecord
from schemas.document import Document
from schemas.escape_family_informed import EscapeFamilyInformed
from schemas.escape_notice import EscapeNotice
from schemas.escape_update import EscapeUpdate
from schemas.family_assessment import FamilyAssessment
from schemas.family_contact_message import FamilyContactMessage
from schemas.family_tracing_request import FamilyTracingRequest
from schemas.family_tracing_result import FamilyTracingResult
from schemas.follow_up_report import FollowUpReport
from schemas.handover_record import HandoverRecord
from schemas.meeting_agenda import MeetingAgenda
from schemas.needs_assessment import NeedsAssessment
from schemas.notice import AdvanceRepatriationNotice
from schemas.notice_ack import NoticeAcknowledgement
from schemas.readmission import Readmission
from schemas.reception_record import ReceptionRecord
from schemas.restricted_annex import RestrictedAnnex
from schemas.return_decision_adult import ReturnDecisionAdult
from schemas.return_decision_child import ReturnDecisionChild
from schemas.service_provider_assignment import ServiceProviderAssignment
from schemas.special_case_ack import SpecialCaseAcknowledgement
from schemas.special_case_alert import SpecialCaseAlert
from schemas.statistics_record import StatisticsRecord

_ALL: tuple[type[Document], ...] = (
    CaseFile,
    RestrictedAnnex,
    SpecialCaseAlert,
    SpecialCaseAcknowledgement,
    EscapeNotice,
    EscapeFamilyInformed,
    EscapeUpdate,
    FamilyTracingRequest,
    AdvanceRepatriationNotice,
    NoticeAcknowledgement,
    FamilyTracingResult,
    FamilyAssessment,
    ReturnDecisionAdult,
    ReturnDecisionChild,
    HandoverRecord,
    ReceptionRecord,
    NeedsAssessment,
    AssessmentReview,
    ServiceProviderAssignment,
    FollowUpReport,
    CaseClosure,
    Readmission,
    DepartureRecord,
    FamilyContactMessage,
    CaseWorkerVisitReport,
    ConsentWithdrawal,
    StatisticsRecord,
    MeetingAgenda,
)

KINDS: Mapping[str, type[Document]] = {
    cast("str", kind.model_fields["kind"].default): kind for kind in sorted(_ALL, key=lambda kind: kind.facts.form)
}
"""Kinds by their name, in form order."""

FORMS: Mapping[int, type[Document]] = {kind.facts.form: kind for kind in KINDS.values()}
"""Kinds by the number of their form, which stands for them in URLs."""
