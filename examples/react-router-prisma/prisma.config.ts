// `prisma migrate` through the adapter of the app, so that Prisma downloads no engine.
import { defineConfig } from 'prisma/config';
import { adapter } from './prisma/adapter';

export default defineConfig({
  schema: 'prisma/schema.prisma',
  engine: 'js',
  experimental: { adapter: true },
  adapter: async () => adapter,
});
