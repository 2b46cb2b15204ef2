// The template's routes, without their pages.
import db from './db.server.js';
import { authenticate } from './shopify.server.js';

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
      const { shop, session } = await authenticate.webhook(request);
      // Webhooks can come several times, and after an app was uninstalled.
      if (session) await db.session.deleteMany({ where: { shop } });
      return new Response();
    },
  },
];
