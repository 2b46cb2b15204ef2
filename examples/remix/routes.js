// The Remix template's routes, without their pages.
import shopify, { authenticate } from './shopify.server.js';

export const routes = [
  {
    id: 'app',
    path: '/app',
    async loader({ request }) {
      const { admin } = await authenticate.admin(request);
      const response = await admin.graphql('{ shop { name } }');
      return Response.json((await response.json()).data.shop);
    },
  },
  {
    id: 'webhooks.app.uninstalled',
    path: '/webhooks/app/uninstalled',
    async action({ request }) {
      const { shop } = await authenticate.webhook(request);
      const found = await shopify.sessionStorage.findSessionsByShop(shop);
      await shopify.sessionStorage.deleteSessions(found.map(({ id }) => id));
      return new Response();
    },
  },
];
