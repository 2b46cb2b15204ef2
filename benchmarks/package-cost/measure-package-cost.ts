// What having the package costs an app: time to import it, and room on the disk.
import { execFileSync } from 'node:child_process';
import { type Spread, spreadOf } from '../measuring/statistics.js';
import { installedSize, type SizeResult } from './installed-size.js';
import { packPackage } from './packed-package.js';

export const PACKAGE = 'shopify-app-session-storage-encrypted';

/** What importing one module takes, in a new process. */
export interface ImportResult {
  readonly module: string;
  /** In milliseconds, without the start of Node itself. */
  readonly time: Spread;
}

export interface PackageCostResult {
  readonly imports: readonly ImportResult[];
  readonly sizes: readonly SizeResult[];
  readonly tarballBytes: number;
}

const others = ['jose', '@47ng/cloak', '@hapi/iron', 'iron-webcrypto', 'fernet'];
const storages = ['@shopify/shopify-app-session-storage-redis', '@shopify/shopify-api'];

export async function measurePackageCost(rounds: number): Promise<PackageCostResult> {
  const packed = await packPackage();
  try {
    const modules = [PACKAGE, `${PACKAGE}/open`, ...others, ...storages];
    const times = new Map(modules.map((module) => [module, [] as number[]]));
    for (let round = 0; round < rounds; round++) {
      for (const module of modules) times.get(module)?.push(importTime(module, packed.folder));
    }
    return {
      imports: [...times].map(([module, values]) => ({ module, time: spreadOf(values) })),
      sizes: [PACKAGE, ...others].map((name) => installedSize(name, packed.folder)),
      tarballBytes: packed.packedBytes,
    };
  } finally {
    await packed.remove();
  }
}

/** In milliseconds, in a new process that runs in `folder`. */
function importTime(module: string, folder: string): number {
  // A module of Node's first: the first dynamic import pays for the machinery.
  const source = `
    await import('node:crypto');
    const start = performance.now();
    await import(${JSON.stringify(module)});
    console.log(performance.now() - start);
    process.exit();`;
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', source], {
    cwd: folder,
    encoding: 'utf8',
  });
  return Number(output.trim().split('\n').at(-1));
}
