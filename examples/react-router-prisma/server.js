// Serves the routes, as `react-router-serve` does in the template.
import { createServer } from 'node:http';
import { Readable } from 'node:stream';
import { createStaticHandler } from 'react-router';
import { routes } from './routes.js';

const handler = createStaticHandler(routes);

createServer(async (incoming, outgoing) => {
  const { method, headers, url } = incoming;
  const body = method === 'POST' ? { body: Readable.toWeb(incoming), duplex: 'half' } : {};
  const request = new Request(new URL(url, process.env.SHOPIFY_APP_URL), {
    method,
    headers,
    ...body,
  });
  // What a route throws is a response too.
  const response = await handler.queryRoute(request).catch((thrown) => thrown);
  const isResponse = response instanceof Response;
  outgoing.writeHead(isResponse ? response.status : 500, { 'content-type': 'application/json' });
  outgoing.end(isResponse ? await response.text() : String(response));
}).listen(process.env.PORT, () => console.log(`Listening on port ${process.env.PORT}`));
