import { PrismaClient } from '@prisma/client';
import { adapter } from '../prisma/adapter';

export default new PrismaClient({ adapter });
