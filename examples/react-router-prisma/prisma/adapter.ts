import { PrismaLibSQL } from '@prisma/adapter-libsql';

/** The template's database. */
export const adapter = new PrismaLibSQL({ url: 'file:./prisma/dev.sqlite' });
