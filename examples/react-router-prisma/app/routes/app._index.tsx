import { boundary } from '@shopify/shopify-app-react-router/server';
import { type HeadersFunction, type LoaderFunctionArgs, useLoaderData } from 'react-router';
import { authenticate } from '../shopify.server';

export async function loader({ request }: LoaderFunctionArgs): Promise<{ name: string }> {
  const { admin } = await authenticate.admin(request);
  const response = await admin.graphql('{ shop { name } }');
  return (await response.json()).data.shop;
}

export default function Index() {
  const { name } = useLoaderData<typeof loader>();
  return <p>{`The shop is ${name}.`}</p>;
}

export const headers: HeadersFunction = (args) => boundary.headers(args);
