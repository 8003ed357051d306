// Finds the handler that a name such as "src/app.handler" stands for.
// (https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html)

import fs from 'node:fs';
import Module, { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

// An error of the runtime, with the type that Lambda has for it.
export class RuntimeError extends Error {
  constructor(type, message, cause) {
    super(message);
    this.name = 'Runtime.' + type;
    if (cause?.stack) this.stack = cause.stack;
  }
}

// What the runtime API is told of an error, which may be any value.
export function report(error) {
  if (error instanceof Error || error?.stack) {
    return { errorType: String(error.name), errorMessage: String(error.message), trace: String(error.stack).split('\n') };
  }
  return { errorType: typeof error, errorMessage: String(error), trace: [] };
}

export async function load(root, name) {
  root = fs.realpathSync(root);
  const file = path.basename(name);
  const dot = file.indexOf('.');
  if (dot < 1 || dot === file.length - 1 || name.includes('..')) {
    throw new RuntimeError('MalformedHandlerName', `${JSON.stringify(name)} is no handler: write file.function, such as index.handler`);
  }
  const loaded = await loadModule(root, path.resolve(root, path.dirname(name), file.slice(0, dot)));
  const handler = file.slice(dot + 1).split('.').reduce((value, key) => value?.[key], loaded);
  if (typeof handler !== 'function') {
    const exported = Object.keys(loaded ?? {}).join(', ') || 'nothing';
    throw new RuntimeError('HandlerNotFound', `${name} is ${handler === undefined ? 'undefined or not exported' : 'not a function'}; the module exports ${exported}`);
  }
  return handler;
}

// As it is, then with each extension, and at last as a package: the order is
// Lambda's.
async function loadModule(root, file) {
  const require = createRequire(path.join(root, 'index.js'));
  ignoreOuterPackages(root);
  try {
    if (fs.existsSync(file)) return require(file);
    if (fs.existsSync(file + '.js') && packageType(root, file) !== 'module') return require(file + '.js');
    for (const extension of ['.js', '.mjs']) {
      if (fs.existsSync(file + extension)) return await import(pathToFileURL(file + extension));
    }
    if (fs.existsSync(file + '.cjs')) return require(file + '.cjs');
    return require(resolve(require, root, file));
  } catch (error) {
    if (error instanceof SyntaxError) throw new RuntimeError('UserCodeSyntaxError', String(error), error);
    if (/^(ERR_)?MODULE_NOT_FOUND$/.test(error?.code)) throw new RuntimeError('ImportModuleError', String(error) + hint(error), error);
    throw error;
  }
}

function resolve(require, root, file) {
  try {
    return require.resolve(path.basename(file));
  } catch (error) {
    const name = path.relative(root, file);
    error.message = `Cannot find module '${name}': there is no ${name}.js, ${name}.mjs or ${name}.cjs in ${root}`;
    throw error;
  }
}

function hint({ message }) {
  return /'(@aws-sdk|aws-sdk|@smithy)/.test(message)
    ? '\nLambda brings the AWS SDK, and this machine does not: npm install it into the folder of the code'
    : '';
}

// The type in the package.json that is in charge of a file. Lambda has none above
// the root of the function's code.
function packageType(root, file) {
  for (let folder = path.dirname(file); folder.startsWith(root); folder = path.dirname(folder)) {
    const text = readFile(path.join(folder, 'package.json'));
    if (text !== undefined) return JSON.parse(text).type;
    if (folder === path.dirname(folder)) return undefined;
  }
  return undefined;
}

// Node.js looks above the root, too. A project of "type": "module" must not turn
// the CommonJS code that it has bundled into cdk.out into ES modules.
function ignoreOuterPackages(root) {
  const asNode = Module._extensions['.js'];
  Module._extensions['.js'] = (module, file) => {
    const own = file.startsWith(root + path.sep) && !file.includes(path.sep + 'node_modules' + path.sep);
    if (own && packageType(root, file) === undefined) module._compile(fs.readFileSync(file, 'utf8'), file);
    else asNode(module, file);
  };
}

function readFile(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
