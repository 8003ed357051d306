package cfn

import (
	"os"
	"path/filepath"
	"strings"
)

// Asset returns the file or directory with the content of a resource: the code
// of a Lambda function or layer, or the data that a key-value store imports.
// ok is false if that is not on disk, as with inline code and container images.
func (a *App) Asset(r *Resource) (path string, ok bool) {
	property, _ := r.Metadata["aws:asset:property"].(string)
	file, staged := r.Metadata["aws:asset:path"].(string)
	switch {
	case property == "Code.ImageUri":
		return "", false
	case staged:
		path = r.beside(file)
	case r.Type == "AWS::CloudFront::KeyValueStore":
		source, _ := r.Properties["ImportSource"].(map[string]any)
		arn, _ := source["SourceArn"].(string) // arn:aws:s3:::bucket/key
		_, key, _ := strings.Cut(arn, "/")
		path = a.assets[key]
	default:
		path = a.codePath(r)
	}
	return path, onDisk(path)
}

// codePath is where the code that a function's or layer's properties name is: a
// path relative to the template, which "aws cloudformation package" and SAM
// take, or an object in the asset bucket.
func (a *App) codePath(r *Resource) string {
	for _, property := range []string{"Code", "CodeUri", "Content", "ContentUri"} {
		switch code := r.Properties[property].(type) {
		case string:
			if !strings.Contains(code, "://") {
				return r.beside(code)
			}
		case map[string]any:
			key, _ := code["S3Key"].(string)
			return a.assets[key]
		}
	}
	return ""
}

// beside is a path in the template of a resource, which is relative to where
// that is; "" if it is only in memory.
func (r *Resource) beside(path string) string {
	if r.Stack.File == "" && !filepath.IsAbs(path) {
		return ""
	}
	return resolvePath(filepath.Dir(r.Stack.File), path)
}

func onDisk(path string) bool {
	if path == "" {
		return false
	}
	_, err := os.Stat(path)
	return err == nil
}

// Deployment is content that a BucketDeployment of the CDK puts into a bucket:
// one source of it. What it does with its properties is in the handler of its
// custom resource.
// https://github.com/aws/aws-cdk/blob/main/packages/%40aws-cdk/custom-resource-handlers/lib/aws-s3-deployment/bucket-deployment-handler/index.py
type Deployment struct {
	Resource *Resource // the Custom::CDKBucketDeployment; its sources are merged, later ones over earlier
	Key      string    // of the source in its bucket
	Path     string    // the source on disk, a directory or zip file; "" if it is not there
	Prefix   string    // of the keys in the destination, "" or ending in a slash
	Extract  bool      // false: a zip file is put into the bucket as it is
	Prune    bool      // what is under the prefix and not in the sources is deleted

	SystemMetadata map[string]string // headers of every object, such as "cache-control"; names in lower case
	UserMetadata   map[string]string // x-amz-meta-…, names in lower case

	// Patterns of "aws s3 sync": a file that Exclude matches is left out
	// unless Include matches it.
	Exclude, Include []string

	Markers    map[string]string // texts in the files, and the values of the deployment that replace them
	JSONEscape bool              // the values are escaped for use within JSON texts
}

// Deployments returns what is put into a bucket, in order of construct path.
func (a *App) Deployments(bucket *Resource) []Deployment {
	var found []Deployment
	for _, r := range a.Resources("Custom::CDKBucketDeployment") {
		destination, _ := r.Properties["DestinationBucketName"].(string)
		if a.ResourceOf(destination, bucket.Type) == bucket {
			found = append(found, a.sources(r)...)
		}
	}
	return found
}

// sources are the sources of a bucket deployment.
func (a *App) sources(r *Resource) []Deployment {
	p := r.Properties
	prefix, _ := scalarText(p["DestinationBucketKeyPrefix"])
	if prefix != "" {
		prefix = strings.TrimSuffix(prefix, "/") + "/"
	}
	if prefix == "/" {
		prefix = ""
	}
	markers, _ := p["SourceMarkers"].([]any)
	configs, _ := p["SourceMarkersConfig"].([]any)
	var sources []Deployment
	for i, key := range texts(p["SourceObjectKeys"]) {
		d := Deployment{
			Resource:       r,
			Key:            key,
			Prefix:         prefix,
			Extract:        flag(p["Extract"], true),
			Prune:          flag(p["Prune"], true),
			SystemMetadata: lower(textMap(p["SystemMetadata"])),
			UserMetadata:   lower(textMap(p["UserMetadata"])),
			Exclude:        texts(p["Exclude"]),
			Include:        texts(p["Include"]),
		}
		if path := a.assets[key]; onDisk(path) {
			d.Path = path
		}
		if i < len(markers) {
			d.Markers = textMap(markers[i])
		}
		if i < len(configs) {
			config, _ := configs[i].(map[string]any)
			d.JSONEscape = flag(config["jsonEscape"], false)
		}
		sources = append(sources, d)
	}
	return sources
}

// flag is a property that is true or false; CloudFormation hands custom
// resources texts.
func flag(v any, otherwise bool) bool {
	text, ok := scalarText(v)
	if !ok {
		return otherwise
	}
	return strings.EqualFold(text, "true")
}

// texts is a list of scalars.
func texts(v any) []string {
	items, _ := v.([]any)
	var out []string
	for _, item := range items {
		text, _ := scalarText(item)
		out = append(out, text)
	}
	return out
}

// textMap is an object of scalars, nil if it is empty.
func textMap(v any) map[string]string {
	object, _ := v.(map[string]any)
	if len(object) == 0 {
		return nil
	}
	out := make(map[string]string, len(object))
	for k, e := range object {
		out[k], _ = scalarText(e)
	}
	return out
}

// lower is a map with its keys in lower case.
func lower(m map[string]string) map[string]string {
	if m == nil {
		return nil
	}
	out := make(map[string]string, len(m))
	for k, v := range sorted(m) {
		out[strings.ToLower(k)] = v
	}
	return out
}
