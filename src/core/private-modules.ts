import { Module, type ModuleMetadata, type Type } from '@nestjs/common';

const MODULE_KEYS = ['imports', 'controllers', 'providers', 'exports'] as const;

/**
 * Copies of our modules for one installation. Nest keeps one instance of a module class per application and the path it is mounted
 * under with the class, so two installations in one application would share both. Each gets subclasses of its own instead, with the
 * same providers and controllers; what they import is copied along, and all of them see the installation's shared modules, as if those
 * were global to it (ADR 0022).
 */
export class PrivateModules {
  readonly #copies = new Map<Type, Type>();
  readonly #shared: Type;

  /** @param shared the module every copy imports */
  constructor(shared: Type) {
    this.#shared = shared;
  }

  /**
   * The copy of a module; the same one each time.
   * @throws TypeError for a global module, which would be visible to the host and to other installations
   */
  copyOf(original: Type): Type {
    const known = this.#copies.get(original);
    if (known !== undefined) return known;
    if (Reflect.getMetadata('__module:global__', original) === true) {
      throw new TypeError(`${original.name} is global; list it among the shared modules instead`);
    }
    const copy = subclassOf(original);
    // Before its imports are copied, which may lead back here.
    this.#copies.set(original, copy);
    const mapped = <Item>(item: Item): Item =>
      this.#isModule(item) ? (this.copyOf(item) as unknown as Item) : item;
    Module({
      imports: [...listOf('imports', original).map(mapped), this.#shared],
      controllers: listOf('controllers', original),
      providers: listOf('providers', original),
      exports: listOf('exports', original).map(mapped),
    })(copy);
    return copy;
  }

  #isModule(item: unknown): item is Type {
    // A module may leave out any of them.
    return typeof item === 'function' && MODULE_KEYS.some((key) => Reflect.hasMetadata(key, item));
  }
}

/** An empty subclass with the name of its parent, which is what logs and errors show. */
export function subclassOf<Class extends Type>(original: Class): Class {
  const { [original.name]: copy } = { [original.name]: class extends original {} };
  return copy as Class;
}

function listOf<Key extends keyof ModuleMetadata>(key: Key, module: Type): NonNullable<ModuleMetadata[Key]> {
  return (Reflect.getMetadata(key, module) ?? []) as NonNullable<ModuleMetadata[Key]>;
}
