// Response streaming: the global awslambda, and the stream that a handler gets.
// (https://docs.aws.amazon.com/lambda/latest/dg/config-rs-write-functions.html)

import { Writable } from 'node:stream';
import { RuntimeError } from './load.mjs';

const mark = Symbol.for('aws.lambda.runtime.handler.streaming');

export const isStreaming = (handler) => handler[mark] === 'response';

globalThis.awslambda = {
  streamifyResponse(handler) {
    handler[mark] = 'response';
    return handler;
  },
  HttpResponseStream: {
    // Puts status, headers and cookies in front of the body.
    from(stream, metadata) {
      stream.setContentType('application/vnd.awslambda.http-integration-response');
      stream.prelude = JSON.stringify(metadata) + '\0'.repeat(8);
      return stream;
    },
  },
};

export class ResponseStream extends Writable {
  #open;
  #request;
  #type = 'application/octet-stream';

  // open makes a request with the given headers.
  constructor(open) {
    super();
    this.#open = open;
  }

  setContentType(type) {
    if (this.#request) throw new RuntimeError('InvalidStreamingOperation', 'Cannot set content-type, too late.');
    this.#type = String(type);
  }

  // Something has been sent.
  get begun() {
    return this.#request !== undefined;
  }

  write(chunk, ...rest) {
    const raw = typeof chunk === 'string' || chunk instanceof Uint8Array;
    return super.write(raw ? chunk : JSON.stringify(chunk), ...rest);
  }

  end(...rest) {
    // In Lambda it is write that sends the metadata, and end does not call it.
    if (this.prelude !== undefined && !this.begun && this.writableLength === 0) {
      console.error('cfsim: the stream ends before anything was written to it, and so Lambda drops the metadata given to HttpResponseStream.from: call write, with an empty string if need be');
      this.prelude = undefined;
    }
    return super.end(...rest);
  }

  #begin() {
    if (this.#request) return;
    this.#request = this.#open({
      'Content-Type': this.#type,
      'Lambda-Runtime-Function-Response-Mode': 'streaming',
      Trailer: 'Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body',
    });
    this.answered = new Promise((resolve, reject) => {
      this.#request.on('error', reject).on('response', (response) => response.on('error', reject).on('end', resolve).resume());
    });
    this.answered.catch(() => {}); // reported by whoever waits for it
    if (this.prelude !== undefined) this.#request.write(this.prelude);
  }

  _write(chunk, _, done) {
    this.#begin();
    if (chunk.length > 0) this.#request.write(chunk, done);
    else done();
  }

  _final(done) {
    this.#begin();
    this.#request.end();
    this.answered.then(() => done(), done);
  }

  // Ends a response that has begun with an error. It goes into a trailer, which has
  // to be short.
  abort({ errorType, errorMessage }) {
    const body = JSON.stringify({ errorType, errorMessage: errorMessage.slice(0, 500) });
    this.#request.addTrailers({
      'Lambda-Runtime-Function-Error-Type': encodeURIComponent(errorType).slice(0, 200),
      'Lambda-Runtime-Function-Error-Body': Buffer.from(body).toString('base64'),
    });
    this.#request.end();
    return this.answered;
  }
}
