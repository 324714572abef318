// check.js DIR - checks each proof of a log with Sigstore's verifier: checkpoint signature and inclusion.
// DIR holds vkey and pairs X.json, X.tlog-proof. The leaf is computed here from its description in doc/FORMAT.md.
'use strict';
const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { verifyCheckpoint } = require('@sigstore/verify/dist/tlog/checkpoint');
const { verifyMerkleInclusion } = require('@sigstore/verify/dist/tlog/merkle');

const dir = process.argv[2];
const sha256 = (...parts) => parts.reduce((h, p) => h.update(p), crypto.createHash('sha256')).digest();

function logKey() {
	const [name, id, ...rest] = fs.readFileSync(path.join(dir, 'vkey'), 'utf8').trim().split('+');
	const raw = Buffer.from(rest.join('+'), 'base64');
	const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), raw.subarray(1)]);
	return {
		baseURL: name,
		logID: Buffer.from(id, 'hex'),
		publicKey: crypto.createPublicKey({ key: spki, format: 'der', type: 'spki' }),
	};
}

// The entry as Sigstore's verifier sees it: its inclusion proof, and the bytes that were logged.
function readEntry(file) {
	const text = fs.readFileSync(file, 'utf8');
	const split = text.indexOf('\n\n');
	const [head, extra, index, ...hashes] = text.slice(0, split).split('\n');
	if (head !== 'c2sp.org/tlog-proof@v1' || !extra.startsWith('extra ') || !index.startsWith('index '))
		throw new Error(`${file}: not a proof file`);
	const salt = Buffer.from(extra.slice(6), 'base64');
	const entry = sha256(fs.readFileSync(file.replace(/tlog-proof$/, 'json')));
	return {
		canonicalizedBody: Buffer.concat([Buffer.from([1]), sha256('verbale/leaf/v1\n', salt, entry)]),
		inclusionProof: {
			logIndex: index.slice(6),
			hashes: hashes.map((h) => Buffer.from(h, 'base64')),
			checkpoint: { envelope: text.slice(split + 2) },
		},
	};
}

const key = logKey();
const files = fs.readdirSync(dir).filter((f) => f.endsWith('.tlog-proof'));
if (files.length === 0)
	throw new Error('no proof files');
for (const f of files) {
	const entry = readEntry(path.join(dir, f));
	const checkpoint = verifyCheckpoint(entry, [key]);
	if (checkpoint.origin !== key.baseURL)
		throw new Error(`${f}: checkpoint of ${checkpoint.origin}`);
	verifyMerkleInclusion(entry, checkpoint);
}
