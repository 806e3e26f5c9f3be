// Makes the list of what the published library is built on (CycloneDX), by npm and from the lock file: the exact versions it was
// tested with, and what is inside the admin UI it brings along. Reproducible: no time, no random number.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './stamps.mjs';

/**
 * @param manifest of the published library; what only host, tools and tests use is left out
 * @param bundled packages inside the admin UI
 */
export function makeSbom(manifest, bundled) {
  const { stdout, status, stderr } = spawnSync('npm sbom --package-lock-only --sbom-format cyclonedx', {
    cwd: root,
    shell: true,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`npm sbom failed: ${stderr}`);
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  return narrowTo(manifest, bundled, JSON.parse(stdout), optionalPeers(lock));
}

/** "package>peer" for what works with a peer and does without: that the workspace has it says nothing about a consumer. */
function optionalPeers(lock) {
  return new Set(
    Object.entries(lock.packages).flatMap(([path, { peerDependenciesMeta = {} }]) => {
      const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
      return Object.keys(peerDependenciesMeta).map((peer) => `${name}>${peer}`);
    }),
  );
}

/** "name@version" without its version. */
function nameOf(ref) {
  return ref.slice(0, ref.lastIndexOf('@'));
}

/** The part of a workspace's list that a package's dependencies and peers lead to, and what is bundled. */
function narrowTo(manifest, bundled, whole, optional) {
  const { name, version, description, license, dependencies, peerDependencies } = manifest;
  const links = new Map(whole.dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]));
  const own = { ...peerDependencies, ...dependencies };
  const direct = (links.get(whole.metadata.component['bom-ref']) ?? []).filter((ref) => nameOf(ref) in own);
  const missing = Object.keys(own).filter((wanted) => !direct.some((ref) => ref.startsWith(`${wanted}@`)));
  if (missing.length > 0) throw new Error(`The lock file knows nothing of ${missing.join(', ')}`);
  const reached = new Set();
  const follow = (ref) => {
    if (reached.has(ref)) return;
    reached.add(ref);
    for (const next of links.get(ref) ?? []) {
      if (!optional.has(`${nameOf(ref)}>${nameOf(next)}`)) follow(next);
    }
  };
  for (const ref of direct) follow(ref);
  const inside = bundled.map((one) => `${one.name}@${one.version}`);
  const known = new Set(whole.components.map((component) => component['bom-ref']));
  const unknown = inside.filter((wanted) => !known.has(wanted));
  if (unknown.length > 0) throw new Error(`The lock file knows nothing of ${unknown.join(', ')}`);
  // Not followed: the bundler took what is needed of what they depend on, and that is on its list itself.
  for (const ref of inside) reached.add(ref);
  const ref = `${name}@${version}`;
  return {
    $schema: whole.$schema,
    bomFormat: whole.bomFormat,
    specVersion: whole.specVersion,
    version: 1,
    metadata: {
      lifecycles: whole.metadata.lifecycles,
      component: {
        'bom-ref': ref,
        type: 'library',
        name,
        version,
        description,
        purl: `pkg:npm/${name}@${version}`,
        licenses: [{ license: { id: license } }],
      },
    },
    components: whole.components
      .filter((component) => reached.has(component['bom-ref']))
      // Optional in the workspace or for development there; here all of them are needed.
      .map(({ properties: _properties, scope: _scope, ...component }) => ({
        ...component,
        scope: 'required',
      })),
    dependencies: [
      { ref, dependsOn: [...new Set([...direct, ...inside])] },
      ...whole.dependencies
        .filter((entry) => reached.has(entry.ref))
        .map((entry) => ({ ...entry, dependsOn: entry.dependsOn.filter((next) => reached.has(next)) })),
    ],
  };
}
