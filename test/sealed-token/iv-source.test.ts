import { describe, expect, it } from 'vitest';
import { IvSource } from '../../src/sealed-token/iv-source.js';

/** "Random" bytes that are numbered, so that one used twice shows: 4 bytes for each number. */
function numbered() {
  let next = 1;
  const fills: Uint8Array[] = [];
  return {
    fills,
    fill(bytes: Uint8Array) {
      fills.push(bytes);
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      for (let i = 0; i + 4 <= bytes.length; i += 4) view.setUint32(i, next++);
    },
  };
}

function draw(source: IvSource, length: number): number[] {
  const iv = new Uint8Array(length);
  source.draw(iv);
  const view = new DataView(iv.buffer);
  return Array.from({ length: length / 4 }, (_, i) => view.getUint32(4 * i));
}

describe('an IV', () => {
  it('never has a byte that an earlier one had, over many fills and both lengths', () => {
    const random = numbered();
    const source = new IvSource(random.fill);
    const seen = new Set<number>();
    let drawn = 0;
    for (let i = 0; i < 10_000; i++) {
      const numbers = draw(source, i % 3 === 0 ? 16 : 12);
      drawn += numbers.length;
      for (const number of numbers) seen.add(number);
    }
    expect(seen.has(0)).toBe(false);
    expect(seen.size).toBe(drawn);
    expect(random.fills.length).toBeGreaterThan(50);
  });

  it('leaves no copy of its bytes behind', () => {
    const random = numbered();
    const source = new IvSource(random.fill);
    draw(source, 12);
    const [buffer] = random.fills;
    expect([...(buffer?.subarray(0, 12) ?? [])]).toEqual(Array(12).fill(0));
    expect(buffer?.[15]).not.toBe(0);
  });

  it('is not made of old bytes when the system has no random ones', () => {
    const random = numbered();
    let broken = false;
    const source = new IvSource((bytes) => {
      if (broken) throw new Error('no entropy');
      random.fill(bytes);
    });
    for (let i = 0; i < 170; i++) draw(source, 12); // 2,040 of 2,048 bytes
    broken = true;
    expect(() => draw(source, 12)).toThrow('no entropy');
    expect(() => draw(source, 12)).toThrow('no entropy');
    broken = false;
    expect(draw(source, 12)[0]).toBe(513);
  });

  it('is drawn by itself while a start-up snapshot is made, so that none stays for its copies', () => {
    const random = numbered();
    const source = new IvSource(random.fill, () => false);
    expect(draw(source, 12)).toEqual([1, 2, 3]);
    expect(draw(source, 12)).toEqual([4, 5, 6]);
    expect(random.fills.every(({ length }) => length === 12)).toBe(true);
  });
});
