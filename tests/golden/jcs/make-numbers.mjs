// Makes numbers.txt: <16 hex digits of the IEEE 754 bits> <what JSON.stringify prints>.
// Run: node make-numbers.mjs > numbers.txt      (any ECMAScript engine gives the same bytes)
const view = new DataView(new ArrayBuffer(8));
const lines = new Set();
const add = (x) => {
	if (!Number.isFinite(x)) return;
	view.setFloat64(0, x);
	lines.add(view.getBigUint64(0).toString(16).padStart(16, '0') + ' ' + JSON.stringify(x));
};
const bits = (b) => { view.setBigUint64(0, b); return view.getFloat64(0); };
const around = (x) => {
	view.setFloat64(0, x);
	const b = view.getBigUint64(0);
	for (let d = -2n; d <= 2n; d++)
		if (b + d >= 0n) add(bits(b + d));
};
// every power of two: the spacing changes there, which is where shortest-digit algorithms err
for (let e = -1074; e <= 1023; e++) add(e < -1022 ? bits(1n << BigInt(e + 1074)) : 2 ** e);
// where the layout changes, and the ends of the range
for (const x of [0, -0, 1e-7, 1e-6, 1e-5, 0.001, 0.1, 1, 10, 1e15, 1e16, 1e17, 1e20, 1e21, 1e22, 1e23, 5e-324, 2.2250738585072014e-308,
	Number.MAX_VALUE, 2 ** 53, 2 ** 63, 2 ** 64, 9007199254740991, 123456789012345680000, 4.35, 52.520008, 139.691711, 333333333.33333329])
	around(x);
for (let e = -323; e <= 308; e += 7) add(Number('1e' + e));
// 64-bit patterns from a small fixed generator (splitmix64)
let s = 20160912n;
const next = () => {
	s = (s + 0x9e3779b97f4a7c15n) & 0xffffffffffffffffn;
	let z = s;
	z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & 0xffffffffffffffffn;
	z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & 0xffffffffffffffffn;
	return z ^ (z >> 31n);
};
for (let i = 0; i < 1500; i++) add(bits(next()));
for (let i = 0; i < 500; i++) add(Number(BigInt.asIntN(64, next())) / 2 ** Number(next() % 64n)); // everyday sizes
process.stdout.write([...lines].join('\n') + '\n');
