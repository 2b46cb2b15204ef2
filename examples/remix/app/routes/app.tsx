import type { HeadersFunction, LoaderFunctionArgs } from '@remix-run/node';
import { Outlet, useLoaderData, useRouteError } from '@remix-run/react';
import { boundary } from '@shopify/shopify-app-remix/server';
import { authenticate } from '../shopify.server';

export async function loader({ request }: LoaderFunctionArgs) {
  await authenticate.admin(request);
  return { apiKey: process.env.SHOPIFY_API_KEY || '' };
}

export default function App() {
  const { apiKey } = useLoaderData<typeof loader>();
  return (
    <>
      {/* The template's AppProvider does this too, and needs Polaris. */}
      <script src="https://cdn.shopify.com/shopifycloud/app-bridge.js" data-api-key={apiKey} />
      <Outlet />
    </>
  );
}

// Responses that Shopify's library throws keep their headers.
export const ErrorBoundary = () => boundary.error(useRouteError());
export const headers: HeadersFunction = (args) => boundary.headers(args);
