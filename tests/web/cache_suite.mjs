// Runs the public cache tests through a cache: node cache_suite.mjs BASE PROXY HEADER VALUE > results.json
// Every request goes to the proxy in absolute form (RFC 9112 §3.2.2), and the header carries the app's key. Each test comes with its kind and what it depends on.
import http from 'node:http'
import fetch from 'node-fetch'
import { runTests, getResults } from 'http-cache-tests/client/runner.mjs'
import suites from 'http-cache-tests/tests/index.mjs'
import surrogate from 'http-cache-tests/tests/surrogate-control.mjs'

const [base, proxy, header, value] = process.argv.slice(2)
const all = [...suites, surrogate]

class ProxyAgent extends http.Agent {
  addRequest (request, options) {
    request.path = `http://${options.host}:${options.port}${request.path}`
    super.addRequest(request, { ...options, host: new URL(proxy).hostname, port: new URL(proxy).port })
  }
}
const agent = new ProxyAgent()

function withKey (url, init = {}) {
  return fetch(url, { ...init, agent, headers: [...(init.headers ?? []), [header, value]] })
}

await runTests(all, withKey, false, base)
const results = getResults()
const told = all.flatMap(suite => suite.tests
  .filter(test => test.browser_only !== true)
  .map(test => ({
    id: test.id,
    suite: suite.id,
    name: test.name,
    kind: test.kind ?? 'required',
    needs: test.depends_on ?? [],
    result: results[test.id] === true ? 'pass' : results[test.id]
  })))
process.stdout.write(JSON.stringify(told), () => process.exit(0))
