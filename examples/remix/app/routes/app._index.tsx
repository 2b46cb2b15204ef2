import type { LoaderFunctionArgs } from '@remix-run/node';
import { useLoaderData } from '@remix-run/react';
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
