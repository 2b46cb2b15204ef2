// The template's `app/db.server`. DATABASE_URL is such as `file:./dev.sqlite`.
import { PrismaLibSQL } from '@prisma/adapter-libsql';
import { PrismaClient } from '@prisma/client';

export default new PrismaClient({ adapter: new PrismaLibSQL({ url: process.env.DATABASE_URL }) });
