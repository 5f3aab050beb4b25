// An app that uses the official Stripe library for Node as it comes from npm, with its address set to the proxy.
// It prints one JSON document: what it was given, and the library's own error types.
import Stripe from "stripe";

const gateway = new URL(process.argv[2]);

// The library takes host, port and protocol, but no path before /v1: the vendor's name goes in through its HTTP client.
const http = Stripe.createNodeHttpClient();
const send = http.makeRequest.bind(http);
http.makeRequest = (host, port, path, ...rest) => send(host, port, gateway.pathname + path, ...rest);

const stripe = new Stripe("sk_of_the_app", {
  host: gateway.hostname,
  port: gateway.port,
  protocol: "http",
  maxNetworkRetries: 2,
  telemetry: false,
  httpClient: http,
});

const payment = (order, method) => ({
  amount: 1099,
  currency: "eur",
  payment_method: method,
  confirm: true,
  automatic_payment_methods: { enabled: true, allow_redirects: "never" },
  metadata: { order_id: order },
});

const failed = async (work) => {
  try {
    await work();
    return null;
  } catch (error) {
    return { type: error.type, code: error.code ?? null, status: error.statusCode, param: error.param ?? null };
  }
};

const made = await stripe.paymentIntents.create(payment("o-1", "pm_card_visa"), { idempotencyKey: "o-1" });
const again = await stripe.paymentIntents.create(payment("o-1", "pm_card_visa"), { idempotencyKey: "o-1" });
const found = await stripe.paymentIntents.retrieve(made.id);
const listed = [];
for await (const one of stripe.paymentIntents.list({ limit: 1 })) listed.push(one.id);

console.log(
  JSON.stringify({
    made: { id: made.id, status: made.status },
    again: again.id,
    found: { id: found.id, order: found.metadata.order_id },
    listed,
    declined: await failed(() => stripe.paymentIntents.create(payment("o-2", "pm_card_visa_chargeDeclined"))),
    bad: await failed(() => stripe.paymentIntents.create({ amount: -1, currency: "eur" })),
    missing: await failed(() => stripe.paymentIntents.retrieve("pi_nobody")),
  }),
);
