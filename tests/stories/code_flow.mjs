// The npm package `openid-client` as a console: it prints where the browser shall go, reads where that ended,
// and prints at last what it found.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const [at, given] = process.argv.slice(2);
const openid = createRequire(at)("openid-client");
const { issuer, client_id, client_secret, redirect_uri } = JSON.parse(given);

const config = await openid.discovery(
  new URL(issuer), client_id, { client_secret }, openid.ClientSecretBasic(client_secret),
  { execute: [openid.allowInsecureRequests], algorithm: "oauth2" }, // http on loopback
);
const pkceCodeVerifier = openid.randomPKCECodeVerifier();
const expectedState = openid.randomState();
const asked = openid.buildAuthorizationUrl(config, {
  redirect_uri, state: expectedState, scope: "organization:read trademarks:read",
  code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier), code_challenge_method: "S256",
});
console.log(asked.href);

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const back = new URL((await lines.next()).value);
const refusal = async (promise) => promise.then(() => null, (error) => error.error ?? error.code);
const checks = { pkceCodeVerifier, expectedState };

const forged = new URL(back);
forged.searchParams.set("iss", "https://evil.example");
const found = { "an answer in another's name": await refusal(openid.authorizationCodeGrant(config, forged, checks)) };

const tokens = await openid.authorizationCodeGrant(config, back, checks);
const me = new URL("/v1/organization", issuer);
const status = async (token) =>
  openid.fetchProtectedResource(config, token, me, "GET").then((answer) => answer.status, (error) => error.status);
found["the code gives"] = [tokens.token_type, tokens.scope];
found["the token opens the API"] = await status(tokens.access_token);
const renewed = await openid.refreshTokenGrant(config, tokens.refresh_token);
found["the refreshed token opens the API"] = await status(renewed.access_token);
const seen = await openid.tokenIntrospection(config, renewed.access_token);
found["introspection names a person"] = [seen.active, seen.sub.slice(0, 4)];
await openid.tokenRevocation(config, tokens.refresh_token);
found["after revocation"] = [
  await status(renewed.access_token), await refusal(openid.refreshTokenGrant(config, tokens.refresh_token)),
];
console.log(JSON.stringify(found));
