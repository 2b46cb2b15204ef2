// Shopify's domains are compared without case: some databases do, and people write them either way.

export function isSameShop(one: unknown, other: unknown): boolean {
  if (typeof one !== 'string' || typeof other !== 'string') return one === other;
  return one.toLowerCase() === other.toLowerCase();
}
