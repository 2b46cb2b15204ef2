import type { ActionFunctionArgs } from '@remix-run/node';
import { authenticate, sessionStorage } from '../shopify.server';

export async function action({ request }: ActionFunctionArgs) {
  const { shop } = await authenticate.webhook(request);
  const found = await sessionStorage.findSessionsByShop(shop);
  await sessionStorage.deleteSessions(found.map(({ id }) => id));
  return new Response();
}
