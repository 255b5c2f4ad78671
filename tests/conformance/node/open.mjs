// Opens an envelope with nothing but jose. stdin: {envelope, keys: JWK Set with private parts, sender: JWK Set}.
// stdout: {payload, header, signed} or {error}.
import { compactDecrypt, compactVerify, createLocalJWKSet, importJWK } from "jose";

const { envelope, keys, sender } = JSON.parse(await new Response(process.stdin).text());
const kid = JSON.parse(Buffer.from(envelope.split(".")[0], "base64url")).kid;
const jwk = keys.keys.find((key) => key.kid === kid);
const algorithm = jwk.kty === "RSA" ? "RSA-OAEP-256" : "ECDH-ES+A256KW";
const opened = await compactDecrypt(envelope, await importJWK(jwk, algorithm), {
  keyManagementAlgorithms: [algorithm],
  contentEncryptionAlgorithms: ["A256GCM"],
});
const signed = new TextDecoder().decode(opened.plaintext);
const verified = await compactVerify(signed, createLocalJWKSet(sender), { algorithms: ["Ed25519", "ES256"] });
console.log(
  JSON.stringify({
    payload: new TextDecoder().decode(verified.payload),
    outside: opened.protectedHeader,
    inside: verified.protectedHeader,
  }),
);
