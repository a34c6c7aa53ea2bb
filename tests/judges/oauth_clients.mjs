// Two OAuth clients of other people against a running service, and one of them as an outside resource server.
// Takes what it needs as JSON on the command line; prints "rotate" when the keys may change and waits for a line;
// prints at last a JSON object, name of what was judged to what was found.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const [at, given] = process.argv.slice(2);
const modules = createRequire(at);
const oauth = modules("oauth4webapi");
const openid = modules("openid-client");
const { issuer, secret_client, key_client, customs } = JSON.parse(given);

const insecure = { [oauth.allowInsecureRequests]: true }; // http on loopback
const url = new URL(issuer);
const me = new URL("/v1/organization", url);
const found = {};

const discovered = await oauth.discoveryRequest(url, { algorithm: "oauth2", ...insecure });
const server = await oauth.processDiscoveryResponse(url, discovered);
found["discovery names the issuer"] = server.issuer === issuer;

const importKey = async ({ alg, ...jwk }) => ({
  kid: jwk.kid,
  key: await crypto.subtle.importKey(
    "jwk", jwk, jwk.kty === "OKP" ? { name: "Ed25519" } : { name: "ECDSA", namedCurve: "P-256" }, false, ["sign"],
  ),
});

// A server may ask for a nonce once (RFC 9449 section 8): the handle keeps it, and the second try has it.
const twice = async (call) => {
  try {
    return await call();
  } catch (error) {
    if (!oauth.isDPoPNonceError(error)) throw error;
    return await call();
  }
};

const take = (client, how, parameters = {}, options = {}) =>
  twice(async () => {
    const asked = await oauth.clientCredentialsGrantRequest(server, client, how, parameters, { ...insecure, ...options });
    return oauth.processClientCredentialsResponse(server, client, asked);
  });

const call = (token, options = {}) =>
  twice(() => oauth.protectedResourceRequest(token, "GET", me, undefined, null, { ...insecure, ...options }));

const challenges = async (promise) => {
  try {
    await promise;
    return null;
  } catch (error) {
    const first = error.cause?.[0] ?? {};
    return { code: error.code, status: error.status, scheme: first.scheme, error: first.parameters?.error, scope: first.parameters?.scope };
  }
};

const refusal = async (promise) => {
  try {
    await promise;
    return null;
  } catch (error) {
    return [error.status, error.error ?? error.cause?.[0]?.parameters?.error];
  }
};

// What an outside API does with a token of ours: it knows the metadata and the keys, and nothing else.
let cache = {};
const accept = (token, headers = { authorization: `Bearer ${token}` }, audience = issuer) =>
  oauth.validateJwtAccessToken(server, new Request(me, { headers }), audience, { ...insecure, [oauth.jwksCache]: cache });

// A secret, in HTTP Basic
const shop = { client_id: secret_client.client_id };
const basic = oauth.ClientSecretBasic(secret_client.client_secret);
const token = await take(shop, basic);
found["a secret gets a bearer token of five minutes"] = [token.token_type, token.expires_in];
found["the token opens the API"] = (await call(token.access_token)).status;
const claims = await accept(token.access_token);
found["an outside API reads it"] = [claims.client_id, claims.aud, claims.scope.split(" ").includes("organization:read")];
found["a token for another audience is refused outside"] = await refusal(accept(token.access_token, undefined, "https://other.example")) !== null;
found["a wrong secret"] = await refusal(take(shop, oauth.ClientSecretBasic("wrong")));
found["a secret in the form, without opting in"] = await refusal(take(shop, oauth.ClientSecretPost(secret_client.client_secret)));
found["a scope that is not owned"] = await refusal(take(shop, basic, { scope: "seizures:write" }));
found["another grant"] = await refusal(
  oauth.genericTokenEndpointRequest(server, shop, basic, "password", { username: "a", password: "b" }, insecure)
    .then((response) => oauth.processGenericTokenEndpointResponse(server, shop, response)),
);
found["a token that is none"] = await challenges(call("none.of.ours"));
const little = await take(shop, basic, { scope: "organization:read" });
found["a token without the scope"] = await challenges(
  oauth.protectedResourceRequest(little.access_token, "GET", new URL("/v1/listings", url), undefined, null, insecure),
);

// Introspection and revocation
const introspect = async (text, client = shop, how = basic) =>
  oauth.processIntrospectionResponse(server, client, await oauth.introspectionRequest(server, client, how, text, insecure));
found["introspection of a good token"] = [(await introspect(token.access_token)).active, (await introspect(token.access_token)).client_id];
await oauth.processRevocationResponse(await oauth.revocationRequest(server, shop, basic, token.access_token, insecure));
found["a revoked token"] = [(await introspect(token.access_token)).active, (await challenges(call(token.access_token)))?.status];

// Keys of the client's own, and tokens bound to a key
for (const client of key_client) {
  const program = { client_id: client.client_id };
  const how = oauth.PrivateKeyJwt(await importKey(client.private_jwk));
  const plain = await take(program, how);
  found[`private_key_jwt by ${client.private_jwk.crv}`] = [plain.token_type, (await call(plain.access_token)).status];
}
const office = { client_id: customs.client_id };
const byKey = () => importKey(customs.private_jwk).then((key) => oauth.PrivateKeyJwt(key));
found["customs without a proof"] = await refusal(take(office, await byKey()));
for (const algorithm of ["ES256", "Ed25519"]) {
  const pair = await oauth.generateKeyPair(algorithm);
  const DPoP = oauth.DPoP(office, pair);
  const bound = await take(office, await byKey(), {}, { DPoP });
  const proof = await crypto.subtle.exportKey("jwk", pair.publicKey);
  const answer = await call(bound.access_token, { DPoP });
  found[`DPoP by ${algorithm}`] = [bound.token_type, answer.status, proof.crv];
  found[`a bound token without its proof, ${algorithm}`] = await challenges(call(bound.access_token));
  const stranger = oauth.DPoP(office, await oauth.generateKeyPair(algorithm));
  found[`a bound token with a stranger's proof, ${algorithm}`] = await challenges(call(bound.access_token, { DPoP: stranger }));
}

// openid-client, which does discovery, retries and parsing by itself
const configure = (client_id, metadata, how) =>
  openid.discovery(url, client_id, metadata, how, { execute: [openid.allowInsecureRequests], algorithm: "oauth2" });
const config = await configure(secret_client.client_id, {}, openid.ClientSecretBasic(secret_client.client_secret));
const other = await openid.clientCredentialsGrant(config, { scope: "organization:read" });
found["openid-client: a secret"] = [other.scope, (await openid.fetchProtectedResource(config, other.access_token, me, "GET")).status];
found["openid-client: introspection"] = (await openid.tokenIntrospection(config, other.access_token)).active;
await openid.tokenRevocation(config, other.access_token);
found["openid-client: revocation"] = (await openid.tokenIntrospection(config, other.access_token)).active;
const customsConfig = await configure(customs.client_id, {}, openid.PrivateKeyJwt(await importKey(customs.private_jwk)));
const handle = openid.getDPoPHandle(customsConfig, await openid.randomDPoPKeyPair("ES256"));
const held = await openid.clientCredentialsGrant(customsConfig, {}, { DPoP: handle });
const shown = await openid.fetchProtectedResource(customsConfig, held.access_token, me, "GET", null, undefined, { DPoP: handle });
found["openid-client: a key and DPoP"] = [held.token_type, shown.status];

// Keys rotate while a resource server keeps the ones it knows
const before = await take(shop, basic);
await accept(before.access_token);
const kid = (text) => JSON.parse(Buffer.from(text.split(".")[0], "base64url")).kid;
const knew = cache.jwks.keys.map((key) => key.kid);
console.log("rotate");
for await (const _ of createInterface({ input: process.stdin })) break;
let after = await take(shop, basic);
// a process reads its keys again once in a while, and when a token names one that it does not know
const unknown = ['{"alg":"ES256","typ":"at+jwt","kid":"sig_unknown"}', "{}", "x"].map((part) => Buffer.from(part).toString("base64url"));
for (const until = Date.now() + 30_000; kid(after.access_token) === kid(before.access_token) && Date.now() < until; ) {
  await new Promise((resolve) => setTimeout(resolve, 200));
  await challenges(call(unknown.join(".")));
  after = await take(shop, basic);
}
found["another key signs after a rotation"] = kid(before.access_token) !== kid(after.access_token);
found["and it was in the cache before"] = knew.includes(kid(after.access_token));
const uat = cache.uat;
found["both tokens are read from the cache"] = [(await accept(before.access_token)).client_id, (await accept(after.access_token)).client_id, cache.uat === uat];
found["both tokens open the API"] = [(await call(before.access_token)).status, (await call(after.access_token)).status];

console.log(JSON.stringify(found));
process.exit(0);
