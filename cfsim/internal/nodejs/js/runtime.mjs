// Runs a handler, as the Node.js runtimes of Lambda do: takes events from the
// runtime API and answers each with what the handler makes of it.
// (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html)
//
//     node runtime.mjs HANDLER

import http from 'node:http';
import { finished } from 'node:stream/promises';
import { load, report, RuntimeError } from './load.mjs';
import { isStreaming, ResponseStream } from './stream.mjs';

const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');
const agent = new http.Agent({ keepAlive: true });
const version = Number(/nodejs(\d+)/.exec(process.env.AWS_EXECUTION_ENV)[1]);

// node:http, as fetch gives up a call that has no answer after five minutes, and
// the next event may be longer in coming.
function request(method, path, headers = {}) {
  return http.request({ agent, host, port, method, headers, path: '/2018-06-01/runtime/' + path });
}

function call(method, path, body, headers) {
  return new Promise((resolve, reject) => {
    const r = request(method, path, headers);
    r.on('error', reject).on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('error', reject);
      response.on('data', (part) => { text += part; }).on('end', () => resolve({ headers: response.headers, text }));
    });
    r.end(body);
  });
}

function fail(path, error) {
  console.error(error);
  const body = report(error);
  return call('POST', path, JSON.stringify(body), { 'Lambda-Runtime-Function-Error-Type': encodeURIComponent(body.errorType) });
}

// What is to happen when there is nothing left that could call back.
let whenIdle = () => {};
process.on('beforeExit', () => {
  const then = whenIdle;
  whenIdle = () => {};
  then();
});

function unsettled() {
  return new RuntimeError('NodeJsExit', 'nothing is left to run, and the promise of the handler was never settled');
}

// Where what nobody caught is reported; then the process ends, as in Lambda.
let failure = 'init/error';
const giveUp = (code) => (error) => fail(failure, error).finally(() => process.exit(code));
process.on('uncaughtException', giveUp(129));
process.on('unhandledRejection', (reason) => giveUp(128)(new RuntimeError('UnhandledPromiseRejection', String(reason), reason)));

function contextOf(headers) {
  const deadline = headers['lambda-runtime-deadline-ms'];
  process.env._X_AMZN_TRACE_ID = headers['lambda-runtime-trace-id'];
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    awsRequestId: headers['lambda-runtime-aws-request-id'],
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
}

const isPromise = (value) => typeof value?.then === 'function';

// From version 24 on, what a handler returns is the response.
// (https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html)
function invoke(handler, event, context) {
  return new Promise((resolve, reject) => {
    whenIdle = () => reject(unsettled());
    resolve(handler(event, context));
  });
}

// Before, it is so for promises only. A handler that returns none calls back, and
// if it never does, the response is null.
function invokeWithCallback(handler, event, context) {
  return new Promise((resolve, reject) => {
    const failed = (error) => error !== undefined && error !== null;
    const done = (error, result) => (failed(error) ? reject(error) : resolve(result));
    let called = false;
    const callback = (error, result) => {
      if (called) return;
      called = true;
      if (context.callbackWaitsForEmptyEventLoop && !failed(error)) whenIdle = () => done(null, result);
      else done(error, result);
    };
    whenIdle = () => (handler.constructor.name === 'AsyncFunction' ? reject(unsettled()) : resolve(null));
    Object.assign(context, { done, succeed: (result) => done(null, result), fail: (error) => done(error ?? 'handled') });
    const returned = handler(event, context, callback);
    if (isPromise(returned)) returned.then(resolve, reject);
  });
}

async function answer(handler, event, context, path) {
  const run = version >= 24 ? invoke : invokeWithCallback;
  const result = await run(handler, event, context);
  let text;
  try {
    text = JSON.stringify(result === undefined ? null : result);
  } catch (error) {
    throw new RuntimeError('JSONStringifyError', `what the handler returned cannot be written as JSON: ${error.message}`, error);
  }
  await call('POST', path + 'response', text, { 'Content-Type': 'application/json' });
}

async function stream(handler, event, context, path) {
  const response = new ResponseStream((headers) => request('POST', path + 'response', headers));
  response.on('error', () => {}); // which finished reports, and nobody after that
  const idle = new Promise((_, reject) => { whenIdle = () => reject(unsettled()); });
  try {
    const returned = handler(event, response, context);
    if (!isPromise(returned)) throw new Error('Streaming does not support non-async handlers.');
    await Promise.race([returned, idle]);
    await Promise.race([finished(response), idle]);
  } catch (error) {
    if (!response.begun) throw error;
    console.error(error);
    await response.abort(report(error));
  }
}

async function next(handler) {
  const { headers, text } = await call('GET', 'invocation/next');
  const path = `invocation/${headers['lambda-runtime-aws-request-id']}/`;
  failure = path + 'error';
  try {
    await (isStreaming(handler) ? stream : answer)(handler, JSON.parse(text), contextOf(headers), path);
  } catch (error) {
    await fail(failure, error);
  }
  whenIdle = () => {};
}

async function init() {
  whenIdle = () => giveUp(1)(unsettled());
  const handler = await load(process.env.LAMBDA_TASK_ROOT, process.argv[2]);
  whenIdle = () => {};
  if (version >= 24 && handler.length >= 3 && !isStreaming(handler)) {
    throw new RuntimeError('CallbackHandlerDeprecated', `the handler takes a callback, which nodejs${version}.x does not pass: make it async and return the response`);
  }
  return handler;
}

let handler;
try {
  handler = await init();
} catch (error) {
  await fail(failure, error);
  process.exit(1);
}
try {
  for (;;) await next(handler);
} catch {
  process.exit(1); // the runtime API is gone, and this process with it
}
