import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  normalisedName,
  PACKAGES_MAX,
  packageListDigest,
  packageListText,
  parsePackageList,
} from './package-list.ts';

describe('a list of packages', () => {
  it('is read from what pip freeze prints', () => {
    const text = 'Zope.Interface==5.0\r\nnumpy==2.1.0+cpu\n\n# made by pip\nabc===1!2.0\n';
    expect(parsePackageList(text)).toEqual({
      packages: [
        { name: 'abc', version: '1!2.0' },
        { name: 'numpy', version: '2.1.0+cpu' },
        { name: 'zope-interface', version: '5.0' },
      ],
      omitted: 0,
    });
  });

  it.each(['-e git+https://git.example/x', 'x @ https://example.org/x.whl', 'x>=1', '==1', 'x=='])(
    'leaves %j out and counts it',
    (line) => expect(parsePackageList(`a==1\n${line}`)).toMatchObject({ omitted: 1 }),
  );

  it('has an end', () => {
    const text = Array.from({ length: PACKAGES_MAX + 3 }, (_, at) => `p${at}==1`).join('\n');
    const { packages, omitted } = parsePackageList(text);
    expect([packages.length, omitted]).toEqual([PACKAGES_MAX, 3]);
    expect(parsePackageList(`${'x'.repeat(600)}==1`)).toEqual({ packages: [], omitted: 1 });
  });

  it('is the same in any order and spelling, and reads its own text', () => {
    const name = fc.constantFrom('a', 'A', 'a_b', 'A.-b', 'c', 'C.D');
    const lines = fc.array(fc.tuple(name, fc.constantFrom('1', '2.0')), { maxLength: 8 });
    fc.assert(
      fc.property(lines, (pairs) => {
        const text = pairs.map(([one, version]) => `${one}==${version}`);
        const list = parsePackageList(text.join('\n'));
        const other = pairs.map(([one, version]) => `${normalisedName(one)}==${version}`);
        expect(packageListDigest(parsePackageList(other.reverse().join('\n')))).toBe(
          packageListDigest(list),
        );
        expect(parsePackageList(packageListText(list))).toEqual({ ...list, omitted: 0 });
      }),
    );
  });

  it('has the digest of its sorted lines', () => {
    const list = parsePackageList('B_c==2\na==1');
    expect(packageListText(list)).toBe('a==1\nb-c==2\n');
    expect(packageListDigest(list)).toBe(
      'sha256:1d628c65cff764e547c5f9762c6845a25aa13d59086d2676cc6781d7eda7862e',
    );
  });
});
