// Runs the bundled function in the edge runtime, whose `process` is like that of Next's sandbox.
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { EdgeRuntime } from 'edge-runtime';

const [scriptPath, ...path] = process.argv.slice(2);
const runtime = new EdgeRuntime({
  initialCode: readFileSync(scriptPath, 'utf8'),
  extend(context) {
    const guarded = { env: {} };
    Object.defineProperty(guarded, 'getBuiltinModule', {
      get() {
        throw new Error(
          'A Node.js API is used (process.getBuiltinModule) which is not supported in the Edge Runtime.',
        );
      },
    });
    return Object.assign(context, { process: guarded, KEYS: process.env.KEYS });
  },
});
const body = path[0] === 'open' ? await text(process.stdin) : undefined;
const response = await runtime.dispatchFetch(`http://localhost/${path.join('/')}`, {
  method: 'POST',
  body,
});
console.log(await response.text());
process.exitCode = response.ok ? 0 : 1;
