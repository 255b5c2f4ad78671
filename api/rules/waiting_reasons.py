"""Why something waits, in plain words: for the outbox, where a clerk looks and not an engineer."""

NEEDS_NEW_VERSION = frozenset({"unsupported_version"})
"""Refusals that end by themselves when the other side takes a newer version: what was refused waits for it."""
ON_ITS_WAY = frozenset({"new", "peer_brings", "to_be_brought"})
"""Why a file waits with which nothing is wrong."""

_REASONS = {
    "new": "It is new, and comes as soon as somebody carries.",
    "peer_brings": "The other side can't be called from here: it brings the file by itself.",
    "to_be_brought": "We can't be called, so we bring the file: after its document, and as soon as their node answers.",
    "carried": "It left in a bundle, by hand: it waits until the answer is brought here, or the network is faster.",
    "peer_fetches": "It lies in their mailbox here until they fetch it.",
    "peer_unreachable": "The other side's address does not answer. It is tried again by itself.",
    "peer_answer_too_large": "The other side answered with more than a node does. Check its address.",
    "peer_timed_out": "The other side is reached but too slow to answer. It is tried again by itself.",
    "not_let_in": "The other side does not know our keys, or not the newest: it has to trust our descriptor "
    "(`homeward agency show`).",
    "token_refused": "The other side does not take our tokens. Compare the clocks of both machines.",
    "peer_has_no_address": "The other side fetches its mailbox by itself; this waits there for it.",
    "agency_unknown": "We have not pinned the other side's keys: compare fingerprints and run `homeward agency trust`.",
    "agency_keys_missing": "Our own key file is missing: restore it with `homeward keys restore`.",
    "key_expired": "A key has expired: the side it belongs to has to publish new ones.",
    "signature_wrong": "The answer was not signed by the other side's pinned key; nothing was taken for a receipt.",
    "receipt_of_another_envelope": "The other side answered with the receipt of something else. Ask them to look.",
    "unsupported_version": "The other side can't read this version yet, and signed that. It goes again when they can.",
    "attachment_differs": "The file that came is not the one that its document names. It is fetched anew by itself.",
    "scanner_unavailable": "The virus scanner here does not answer: look at HOMEWARD_VIRUS_SCANNER.",
    "blobs_unavailable": "The place of attachments here does not take it: look at its owner, and the space left.",
    "blob_missing": "A part of the file is gone here: restore the attachments from their backup.",
    "node_stops": "It goes on when this node is up again.",
    "peer_says_not_found": "The other side does not hold the file it named: ask them. It is tried again by itself.",
    "invalid_input": "The other side signed a refusal: the content breaks a rule. Its findings are in the receipt.",
}


def explain(reason: str) -> str:
    """Return a reason's code in plain words."""
    if reason.startswith("peer_says_") and reason not in _REASONS:
        return "The other side is there but did not take it, and gave this code. It is tried again by itself."
    if reason.startswith(("peer_answered_", "jws_")) and reason not in _REASONS:
        return (
            "The other side's machine answered, but not as a node does. Check its address; it is tried again by itself."
        )
    return _REASONS.get(reason, "It did not work this time. It is tried again by itself; the log names the document.")
