// The CDK app that assembly/ was synthesized from, with aws-cdk-lib 2.270.0:
//
//   npm install aws-cdk-lib@2.270.0 constructs@10.8.1
//   node assembly.js
//
// It needs site/index.html and code/bootstrap. Left out of assembly/ afterwards:
// the code of the CDK's own handlers, tree.json, cdk.out, the reports, and all
// construct metadata but logical ids.
const { App, CfnOutput, Duration, NestedStack, Stack, Stage } = require('aws-cdk-lib');
const apigateway = require('aws-cdk-lib/aws-apigateway');
const cloudfront = require('aws-cdk-lib/aws-cloudfront');
const origins = require('aws-cdk-lib/aws-cloudfront-origins');
const lambda = require('aws-cdk-lib/aws-lambda');
const s3 = require('aws-cdk-lib/aws-s3');
const deployment = require('aws-cdk-lib/aws-s3-deployment');

const inline = { runtime: lambda.Runtime.NODEJS_24_X, handler: 'index.handler', code: lambda.Code.fromInline('exports.handler = async () => {};') };

// In us-east-1, so that Web refers to it across regions.
class Edge extends Stack {
  constructor(scope, id, props) {
    super(scope, id, props);
    this.version = new lambda.Function(this, 'Rewrite', inline).currentVersion;
    this.bucket = new s3.Bucket(this, 'Far');
  }
}

class Data extends Stack {
  constructor(scope, id, props) {
    super(scope, id, props);
    this.bucket = new s3.Bucket(this, 'Files', { bucketName: props.bucketName });
    const fn = new lambda.Function(this, 'Report', inline);
    this.alias = new lambda.Alias(this, 'Live', { aliasName: 'live', version: fn.currentVersion });
    this.url = this.alias.addFunctionUrl();
  }
}

class Pages extends NestedStack {
  constructor(scope, id, { uploads }) {
    super(scope, id);
    this.bucket = new s3.Bucket(this, 'Site');
    new lambda.Function(this, 'Api', {
      runtime: lambda.Runtime.PROVIDED_AL2023,
      handler: 'bootstrap',
      code: lambda.Code.fromAsset('code'),
      environment: { UPLOADS: uploads.bucketName },
    });
  }
}

class Web extends Stack {
  constructor(scope, id, props) {
    super(scope, id, props);
    const site = new s3.Bucket(this, 'Site', { websiteIndexDocument: 'index.html' });
    const pages = new Pages(this, 'Pages', { uploads: site });
    const rest = new apigateway.RestApi(this, 'Rest', { cloudWatchRole: false });
    rest.root.addMethod('GET');
    const dist = new cloudfront.Distribution(this, 'Dist', {
      defaultBehavior: {
        origin: new origins.HttpOrigin(pages.bucket.bucketRegionalDomainName),
        edgeLambdas: [{ eventType: cloudfront.LambdaEdgeEventType.ORIGIN_REQUEST, functionVersion: props.edge.version }],
      },
      additionalBehaviors: {
        '/files/*': { origin: new origins.HttpOrigin(props.data.bucket.bucketRegionalDomainName) },
        '/far/*': { origin: new origins.HttpOrigin(props.edge.bucket.bucketRegionalDomainName) },
        '/url/*': { origin: new origins.FunctionUrlOrigin(props.data.url) },
        '/site/*': { origin: new origins.S3StaticWebsiteOrigin(site) },
        '/rest/*': { origin: new origins.RestApiOrigin(rest) },
      },
    });
    new deployment.BucketDeployment(this, 'Deploy', {
      destinationBucket: pages.bucket,
      destinationKeyPrefix: 'pages',
      sources: [deployment.Source.asset('site'), deployment.Source.jsonData('config.json', { home: `https://${dist.distributionDomainName}` })],
      cacheControl: [deployment.CacheControl.maxAge(Duration.hours(1))],
      exclude: ['*.map'],
      prune: false,
    });
    new cloudfront.KeyValueStore(this, 'Flags', { source: cloudfront.ImportSource.fromInline('{"data":[{"key":"a","value":"b"}]}') });
    const edgeFn = new cloudfront.experimental.EdgeFunction(this, 'Sign', inline);
    new CfnOutput(this, 'SignVersion', { value: edgeFn.currentVersion.functionArn });
    new CfnOutput(this, 'LiveName', { value: props.data.alias.functionName });
  }
}

function all(scope, bucketName) {
  const env = { account: '123456789012', region: 'eu-central-1' };
  const edge = new Edge(scope, 'Edge', { env: { ...env, region: 'us-east-1' }, crossRegionReferences: true });
  const data = new Data(scope, 'Data', { env, bucketName });
  new Web(scope, 'Web', { env, edge, data, crossRegionReferences: true, stackName: 'shop' });
}

const app = new App({ outdir: 'assembly', treeMetadata: false, analyticsReporting: false });
all(app, 'shop-files');

// The stage has the paths and assets in its templates, as cdk synth makes them.
const test = new Stage(app, 'Test');
test.node.setContext('aws:cdk:enable-path-metadata', true);
test.node.setContext('aws:cdk:enable-asset-metadata', true);
all(test);
app.synth();
