// Remix's own entry, with the headers that let the admin show the app in a frame.
import { PassThrough } from 'node:stream';
import { createReadableStreamFromReadable, type EntryContext } from '@remix-run/node';
import { RemixServer } from '@remix-run/react';
import { renderToPipeableStream } from 'react-dom/server';
import { addDocumentResponseHeaders } from './shopify.server';

export default function handleRequest(
  request: Request,
  status: number,
  headers: Headers,
  context: EntryContext,
): Promise<Response> {
  addDocumentResponseHeaders(request, headers);
  headers.set('content-type', 'text/html');
  return new Promise((resolve, reject) => {
    const page = renderToPipeableStream(<RemixServer context={context} url={request.url} />, {
      onAllReady() {
        const body = page.pipe(new PassThrough());
        resolve(new Response(createReadableStreamFromReadable(body), { status, headers }));
      },
      onShellError: reject,
    });
  });
}
