// SPDX-License-Identifier: EUPL-1.2
//
// Bundles each page into one script and one style sheet, and the licences of
// everything inside into one file. The output folder is the first argument,
// else KLANTBEELD_WEB_UIT, else ./dist.

import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = path.dirname(fileURLToPath(import.meta.url));
const output = path.resolve(
  process.argv[2] ?? process.env.KLANTBEELD_WEB_UIT ?? path.join(root, 'dist'),
);

/**
 * GraphiQL's style sheet carries two font families as data URLs, 350 kB of them.
 * The page uses the fonts of the workplace instead (see src/graphiql.css).
 */
const withoutFonts = {
  name: 'without-fonts',
  setup(bundler) {
    bundler.onLoad({ filter: /graphiql[\\/]dist[\\/]style\.css$/ }, async ({ path: file }) => {
      const css = await readFile(file, 'utf8');
      const contents = css.replace(/@font-face\s*\{[^}]*\}/g, '');
      return { contents, loader: 'css' };
    });
  },
};

/** The folder of the npm package that a bundled file came from, if any. */
function packageFolder(input) {
  const found = input.match(/^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//);
  return found?.[1];
}

/** One chapter of the licence file: name, version, licence and its text. */
async function licenceChapter(folder) {
  const about = JSON.parse(await readFile(path.join(root, folder, 'package.json'), 'utf8'));
  const names = await readdir(path.join(root, folder));
  // A package that was bundled itself has the licences of what is in it in a file of their own.
  const own = /^(licen[cs]e|copying|notice)|-es-bundle\.js\.LICENSE\.txt$/i;
  const files = names.filter((name) => own.test(name)).sort();
  const texts = await Promise.all(
    files.map((name) => readFile(path.join(root, folder, name), 'utf8')),
  );
  const author = typeof about.author === 'string' ? about.author : about.author?.name;
  const body = texts.length > 0
    ? texts.map((text) => text.trim()).join('\n\n')
    : `(Het pakket levert geen licentietekst mee.${author ? ` Maker: ${author}.` : ''})`;
  return `${about.name} ${about.version} (${about.license})\n\n${body}\n`;
}

/** Licences of every package of which code is in the bundle. */
async function licences(metafile) {
  const inputs = Object.values(metafile.outputs).flatMap((made) => Object.keys(made.inputs));
  const folders = [...new Set(inputs.map(packageFolder).filter(Boolean))].sort();
  const chapters = await Promise.all(folders.map(licenceChapter));
  return chapters.join(`\n${'-'.repeat(72)}\n\n`);
}

await mkdir(output, { recursive: true });
const result = await build({
  absWorkingDir: root,
  entryPoints: { api: 'src/api.js', graphiql: 'src/graphiql.jsx' },
  outdir: output,
  bundle: true,
  minify: true,
  format: 'iife',
  target: ['es2022'],
  jsx: 'automatic',
  define: { 'process.env.NODE_ENV': '"production"' },
  legalComments: 'none',
  alias: { 'react-style-singleton': './src/style-singleton.js' },
  plugins: [withoutFonts],
  metafile: true,
  logLevel: 'warning',
});
await writeFile(path.join(output, 'licenties.txt'), await licences(result.metafile));
