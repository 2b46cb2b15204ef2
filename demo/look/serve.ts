// `npm run demo -- --serve`: serves the page on this machine, and nobody else's. Ends with Ctrl+C.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { print } from '../report.js';
import { page } from './page.js';
import { Playground, type Result } from './playground.js';

/** Serves until the process is told to end. `--port 8080` says where. */
export async function serve(parameters: readonly string[]): Promise<void> {
  const playground = await Playground.open();
  const server = createServer((request, response) => {
    answer(playground, request, response).catch((error: Error) => {
      response.writeHead(500).end(error.message);
    });
  });
  const position = parameters.indexOf('--port');
  const port = position === -1 ? 4000 : Number(parameters[position + 1]);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  print(`Open http://127.0.0.1:${(server.address() as AddressInfo).port}/ in a browser.`);
  await new Promise<void>((resolve) => {
    // Not once: npm may hand on a Ctrl-C that the terminal has sent as well, and what follows is to be done.
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, resolve);
  });
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await playground.close();
}

/** One action after the other: they restart the app. */
let turn: Promise<unknown> = Promise.resolve();

async function answer(
  playground: Playground,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method, url = '/' } = request;
  if (method === 'GET' && url === '/') {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page);
    return;
  }
  const action = method === 'POST' ? playground.actions[url.slice('/do/'.length)] : undefined;
  if (action === undefined && url !== '/state') {
    response.writeHead(404).end();
    return;
  }
  const done = turn.then(async (): Promise<object> => {
    const result: Result | undefined = await action?.();
    return { result, state: await playground.state() };
  });
  turn = done.catch(() => {});
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(await done));
}
