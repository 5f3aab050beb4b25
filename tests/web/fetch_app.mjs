// Node's own fetch, with the proxy and the CA from its environment. Newer versions of Node need NODE_USE_ENV_PROXY=1 and no agent.
import { EnvHttpProxyAgent, setGlobalDispatcher } from "undici";

setGlobalDispatcher(new EnvHttpProxyAgent());
const made = await fetch("https://api.stripe.com/v1/customers", {
  method: "POST",
  headers: { Authorization: "Bearer sk_of_the_app", "Content-Type": "application/x-www-form-urlencoded" },
  body: "email=node@example.com",
});
const { id } = await made.json();
const found = await fetch(`https://api.stripe.com/v1/customers/${id}`, { headers: { Authorization: "Bearer sk" } });
console.log(made.status, found.status, (await found.json()).email);
