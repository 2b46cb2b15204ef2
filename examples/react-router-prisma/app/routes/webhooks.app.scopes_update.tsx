import type { ActionFunctionArgs } from 'react-router';
import db from '../db.server';
import { authenticate } from '../shopify.server';

export async function action({ request }: ActionFunctionArgs) {
  const { payload, session } = await authenticate.webhook(request);
  // Beside the wrapper, as in the template: the scope is not sealed.
  const scope = String(payload.current);
  if (session) await db.session.update({ where: { id: session.id }, data: { scope } });
  return new Response();
}
