// Makes the cloudfront module of a function that is deployed with a config:
//
//   origins  the ids of the distribution's origins
//   store    an object with what is in the key-value store, null without one
//
// What a function does with the module is kept in edgetestRequest, which the
// driver makes anew for each request. Only what both engines know is used here.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-custom-methods.html
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/helper-functions-origin-modification.html
(function (config) {
    'use strict';

    function has(key) {
        return Object.prototype.hasOwnProperty.call(config.store, key);
    }

    function bytes(text) {
        var list = [];
        encodeURIComponent(text).replace(/%(..)|./g, function (all, hex) {
            list.push(hex ? parseInt(hex, 16) : all.charCodeAt(0));
        });
        return new Uint8Array(list);
    }

    function read(key, options) {
        globalThis.edgetestRequest.reads++;
        if (!has(key)) {
            throw new Error('the key-value store has no key ' + JSON.stringify(key));
        }
        var format = options && options.format !== undefined ? options.format : 'string';
        switch (format) {
            case 'string':
                return config.store[key];
            case 'json':
                return JSON.parse(config.store[key]);
            case 'bytes':
                return bytes(config.store[key]);
        }
        throw new TypeError('the format ' + JSON.stringify(format) + ' is none of "string", "json" and "bytes"');
    }

    function promised(f) {
        return function (first, second) {
            return new Promise(function (resolve) { resolve(f(first, second)); });
        };
    }

    function kvs() {
        if (!config.store) {
            throw new Error('no key-value store is associated with the function');
        }
        return {
            get: promised(read),
            exists: promised(function (key) {
                globalThis.edgetestRequest.reads++;
                return has(key);
            }),
            meta: promised(function () {
                var at = '2026-01-01T00:00:00.000Z';
                return {creationDateTime: at, lastUpdatedDateTime: at, keyCount: Object.keys(config.store).length};
            }),
        };
    }

    function isObject(value) {
        return typeof value === 'object' && value !== null && !Array.isArray(value);
    }

    function choose(choice) {
        if (globalThis.edgetestRequest.eventType !== 'viewer-request') {
            throw new Error('the origin can be chosen at viewer-request only');
        }
        globalThis.edgetestRequest.choice = choice;
    }

    function checkID(id) {
        if (typeof id !== 'string' || config.origins.indexOf(id) < 0) {
            throw new Error('the distribution has no origin ' + JSON.stringify(id) + ', it has ' + JSON.stringify(config.origins));
        }
    }

    function selectRequestOriginById(id, overrides) {
        checkID(id);
        if (overrides !== undefined && !isObject(overrides)) {
            throw new TypeError('the overrides of an origin are no object: ' + JSON.stringify(overrides));
        }
        choose({ids: [id], settings: overrides});
    }

    function createRequestOriginGroup(group) {
        var ids = group.originIds.map(function (item) { return isObject(item) ? item.originId : item; });
        ids.forEach(checkID);
        if (ids.length !== 2 || ids[0] === ids[1]) {
            throw new Error('an origin group has two origins, not ' + JSON.stringify(ids));
        }
        var codes = group.failoverCriteria.statusCodes;
        // These alone can make a distribution's own groups fail over.
        // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/high_availability_origin_failover.html
        if (!Array.isArray(codes) || !codes.length || codes.some(function (code) {
            return [400, 403, 404, 416, 429, 500, 502, 503, 504].indexOf(code) < 0;
        })) {
            throw new Error('no origin fails over for the status codes ' + JSON.stringify(codes));
        }
        choose({ids: ids});
    }

    function updateRequestOrigin(settings) {
        if (!isObject(settings)) {
            throw new TypeError('the settings of an origin are no object: ' + JSON.stringify(settings));
        }
        ['domainName', 'originPath', 'hostHeader'].forEach(function (name) {
            if (settings[name] !== undefined && typeof settings[name] !== 'string') {
                throw new TypeError('the ' + name + ' of an origin is no string: ' + JSON.stringify(settings[name]));
            }
        });
        choose({ids: [], settings: settings});
    }

    return {
        kvs: kvs,
        selectRequestOriginById: selectRequestOriginById,
        createRequestOriginGroup: createRequestOriginGroup,
        updateRequestOrigin: updateRequestOrigin,
    };
})
