"""Every code that this room raises, with the hint that says how to mend it.

One table, so that the profile's documentation, the vectors and the code can't drift apart: a test compares them. A code
that is not in the table is a mistake of ours and fails at once.
"""

from api.errors import SealError, TrustError

SEAL_HINTS: dict[str, str] = {
    "envelope_too_large": "keep the envelope within the agreed size; send large files as attachments",
    "envelope_not_compact": "send a compact JWE: five parts separated by dots, and nothing else",
    "envelope_not_canonical": "spell each part in base64url without padding, stray characters or unused bits",
    "envelope_part_size": "use a 96-bit initialisation vector and a 128-bit tag",
    "header_not_json": "the protected header has to be a JSON object in UTF-8",
    "header_duplicate_member": "name each member of the protected header once",
    "header_too_deep": "the protected header is flat but for epk",
    "header_forbidden": "leave out zip, b64, crit, jwk, jku, x5u, x5c and x5t: keys come from the pinned descriptor",
    "header_unknown": "use only the header members that the profile names",
    "header_missing": "name all header members that the profile asks for",
    "header_invalid": "spell the header's values as the profile says",
    "typ_wrong": "set typ to homeward-envelope+jwe",
    "cty_wrong": "set cty to JWS",
    "enc_not_allowed": "encrypt with A256GCM",
    "alg_not_allowed": "use ECDH-ES+A256KW with X25519 or P-256, or RSA-OAEP-256 with RSA",
    "recipient_not_us": "this envelope is for another agency; send it there",
    "key_unknown": "encrypt to a key of the recipient's current descriptor and name it in kid",
    "alg_not_of_key": "the recipient's key decides the algorithm",
    "epk_invalid": "send the ephemeral public key on the curve of the recipient's key, canonically spelt",
    "not_decrypted": "the envelope was altered or sealed to another key; seal it again",
    "hybrid_nested": "the hybrid layer holds a compact JWE, never another layer",
    "hybrid_version": "use version 1 of the hybrid layer",
    "jws_too_large": "keep the signed statement small",
    "jws_not_compact": "sign as a compact JWS: three parts separated by dots, and nothing else",
    "jws_not_canonical": "spell each part in base64url without padding, stray characters or unused bits",
    "jws_header_not_json": "the signed header has to be a JSON object in UTF-8",
    "jws_header_duplicate_member": "name each member of the signed header once",
    "jws_header_too_deep": "the signed header is flat",
    "jws_header_not_exact": "the signed header is exactly alg, kid and typ, all of them text",
    "jws_typ_wrong": "set typ to what this kind of signed statement asks for",
    "jws_alg_not_allowed": "sign with Ed25519 or ES256",
    "jws_alg_not_of_key": "the signing key decides the algorithm",
    "signature_wrong": "the signed bytes were altered or signed with another key",
    "payload_not_json": "the payload has to be a JSON object in UTF-8",
    "payload_duplicate_member": "name each member once",
    "payload_too_deep": "nest the payload less deeply",
    "payload_incomplete": "the document names its kind, id, sender, recipient and created_at, each as text",
    "created_at_invalid": "write created_at as RFC 3339 with an offset",
    "sender_differs": "the signed sender and the header's iss have to be the same agency",
    "recipient_differs": "the signed recipient and the header's aud have to be the same agency",
    "id_differs": "the signed id and the header's jti have to be the same",
    "time_differs": "iat is created_at in whole seconds",
    "from_the_future": "set the sender's clock; the document is dated later than now",
    "receipt_invalid": "the receipt's members don't have the form that the profile names",
    "silence_invalid": "the statement's members don't have the form that the profile names",
    "descriptor_invalid": "the descriptor's members don't have the form that the profile names",
    "token_malformed": "send a compact JWT in canonical base64url with a JSON header and JSON claims",
    "token_typ_wrong": "set typ to what this endpoint asks for",
    "token_alg_not_allowed": "sign with an algorithm that this issuer may use",
    "token_key_unknown": "sign with a key of the issuer's current key set and name it in kid",
    "token_signature_wrong": "the token was altered or signed with another key",
    "secret_hash_malformed": "the stored hash of the secret is damaged; issue a new secret",
    "attachment_broken": "the bytes are not the ones that were sealed under this key; fetch them again",
    "vault_key_unknown": "the node key that wrapped this is not loaded; add it to the node's keys",
    "vault_broken": "the stored bytes were altered, or belong to another row",
    "backup_malformed": "this is not a backup of this software, or of a newer version of it",
    "backup_passphrase": "the passphrase is wrong, or the backup was altered",
    "tree_malformed": "the stored frontier of the log is damaged; rebuild it from the entries",
    "proof_wrong": "the log's proof does not lead to the root that was signed",
}

TRUST_HINTS: dict[str, str] = {
    "keys_malformed": "the key set has to be a JWK Set (RFC 7517) in UTF-8 JSON",
    "key_malformed": "a key's members are missing, not canonical or not of the right length",
    "key_refused": "use Ed25519, X25519, P-256 or RSA of 3072 to 4096 bits",
    "key_use_wrong": "use, alg and key_ops have to fit the kind of key",
    "key_inconsistent": "the private part does not belong to the public part",
    "key_window_invalid": "nbf and exp are whole seconds since 1970, nbf before exp",
    "key_duplicate": "a key appears twice in the set",
    "kid_not_thumbprint": "kid is the key's RFC 7638 SHA-256 thumbprint, or is left out",
    "key_not_private": "load the file with the private keys",
    "key_not_public": "never hand out private keys: replace this key everywhere and publish only public parts",
    "key_missing": "the set holds no key for this use",
    "key_expired": "make new keys and publish them in the next descriptor",
    "key_not_yet_valid": "wait until the key's window begins, or check the clock",
    "agency_differs": "the key set belongs to another agency",
    "signer_unknown": "the signing key is not pinned for this sender; compare its descriptor",
    "signer_not_sender": "the pinned keys belong to another agency than the sender named in the envelope",
    "signer_key_expired": "the signing key was no longer valid at that time; sign with a current key",
    "signer_key_not_yet_valid": "the signing key was not valid yet at that time; check the clock",
    "descriptor_agency_differs": "a descriptor can only follow a descriptor of the same agency",
    "descriptor_not_next": "the sequence number has to be the next one; ask for the descriptors between",
    "descriptor_chain_broken": "previous has to be the digest of the descriptor that is pinned",
    "descriptor_without_keys": "a descriptor publishes at least one signing and one encryption key",
    "node_keys_malformed": "the node's key file is damaged; restore it from its safe copy",
}


def seal_error(code: str) -> SealError:
    """Return the error of a failed check, with its hint; nothing in it is a value."""
    return SealError(code, SEAL_HINTS[code])


def trust_error(code: str) -> TrustError:
    """Return the error about somebody's keys, with its hint; nothing in it is a value."""
    return TrustError(code, TRUST_HINTS[code])
