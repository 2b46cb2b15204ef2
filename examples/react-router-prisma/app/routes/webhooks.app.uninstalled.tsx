import type { ActionFunctionArgs } from 'react-router';
import db from '../db.server';
import { authenticate } from '../shopify.server';

export async function action({ request }: ActionFunctionArgs) {
  const { shop, session } = await authenticate.webhook(request);
  // Webhooks can come several times, and after the sessions are gone.
  if (session) await db.session.deleteMany({ where: { shop } });
  return new Response();
}
