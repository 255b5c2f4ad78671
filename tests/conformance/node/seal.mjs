// Seals a document with nothing but jose. stdin: {payload, keys: JWK Set with private parts, recipient: JWK Set, signature?}.
// stdout: the envelope.
import { CompactEncrypt, CompactSign, importJWK } from "jose";

const { payload, keys, recipient, signature } = JSON.parse(await new Response(process.stdin).text());
const signer = keys.keys.find((key) => key.use === "sig");
const target = recipient.keys.find((key) => key.use === "enc");
const alg = signature ?? (signer.kty === "EC" ? "ES256" : "Ed25519");
const signed = await new CompactSign(new TextEncoder().encode(payload))
  .setProtectedHeader({ alg, kid: signer.kid, typ: "homeward-document+jws" })
  .sign(await importJWK(signer, alg));

const document = JSON.parse(payload);
const management = target.kty === "RSA" ? "RSA-OAEP-256" : "ECDH-ES+A256KW";
const envelope = await new CompactEncrypt(new TextEncoder().encode(signed))
  .setProtectedHeader({
    alg: management,
    enc: "A256GCM",
    kid: target.kid,
    typ: "homeward-envelope+jwe",
    cty: "JWS",
    iss: document.sender,
    aud: document.recipient,
    jti: document.id,
    iat: Math.floor(Date.parse(document.created_at) / 1000),
  })
  .encrypt(await importJWK(target, management));
process.stdout.write(envelope);
