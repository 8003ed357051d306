package cfsim

import (
	"archive/zip"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"strings"

	"github.com/cfrouter/cfrouter/cfsim/internal/cfn"
	"github.com/cfrouter/cfrouter/cfsim/internal/s3"
)

// bucket answers for a bucket's REST endpoint, or for its website endpoint if that
// is the origin.
func (d *Distribution) bucket(o *origin, files fs.FS) (http.RoundTripper, error) {
	if o.resource == nil || o.resource.Type != "AWS::S3::Bucket" {
		return handlerTransport{&s3.Bucket{Files: files, Name: o.name, CanList: true}}, nil
	}
	settings, err := settingsOfBucket(o.resource)
	if err != nil {
		return nil, err
	}
	site := settings.website()
	b := &site.Bucket
	b.Files, b.Name = files, o.name
	b.CanList = o.access.mayList(o.resource, o.access.signs)
	b.Unsigned = !o.access.signs && o.access.identity == ""
	b.Metadata = d.metadata(o.resource)
	b.CORS = settings.cors()
	if o.isS3() {
		return handlerTransport{b}, nil
	}
	return handlerTransport{site}, nil
}

// bucketSettings are those of AWS::S3::Bucket that show in what it answers.
type bucketSettings struct {
	CorsConfiguration struct {
		CorsRules []struct {
			AllowedHeaders, AllowedMethods, AllowedOrigins, ExposedHeaders []string

			MaxAge number
		}
	}
	WebsiteConfiguration struct {
		IndexDocument, ErrorDocument string
		RedirectAllRequestsTo        *struct{ HostName, Protocol string }
		RoutingRules                 []struct {
			RedirectRule struct {
				HostName, Protocol                   string
				HttpRedirectCode                     number
				ReplaceKeyPrefixWith, ReplaceKeyWith *string
			}
			RoutingRuleCondition struct {
				HttpErrorCodeReturnedEquals number
				KeyPrefixEquals             string
			}
		}
	}
}

func settingsOfBucket(r *cfn.Resource) (*bucketSettings, error) {
	var s bucketSettings
	if err := decode(r.Properties, &s); err != nil {
		return nil, fmt.Errorf("cfsim: the bucket %s cannot be read: %w", r.ID, err)
	}
	return &s, nil
}

func (s *bucketSettings) cors() (rules []s3.CORSRule) {
	for _, r := range s.CorsConfiguration.CorsRules {
		rules = append(rules, s3.CORSRule{
			AllowedOrigins: r.AllowedOrigins, AllowedMethods: r.AllowedMethods,
			AllowedHeaders: r.AllowedHeaders, ExposeHeaders: r.ExposedHeaders, MaxAge: int(r.MaxAge),
		})
	}
	return rules
}

// website is a website endpoint, of which the bucket is still empty.
func (s *bucketSettings) website() *s3.Website {
	c := s.WebsiteConfiguration
	site := &s3.Website{Index: c.IndexDocument, Error: c.ErrorDocument}
	if to := c.RedirectAllRequestsTo; to != nil {
		site.RedirectAllTo = &s3.Redirect{HostName: to.HostName, Protocol: to.Protocol}
	}
	for _, r := range c.RoutingRules {
		site.RoutingRules = append(site.RoutingRules, s3.RoutingRule{
			KeyPrefix: r.RoutingRuleCondition.KeyPrefixEquals, ErrorCode: int(r.RoutingRuleCondition.HttpErrorCodeReturnedEquals),
			Redirect: s3.Redirect{
				Protocol: r.RedirectRule.Protocol, HostName: r.RedirectRule.HostName, Code: int(r.RedirectRule.HttpRedirectCode),
				ReplaceKeyPrefixWith: r.RedirectRule.ReplaceKeyPrefixWith, ReplaceKeyWith: r.RedirectRule.ReplaceKeyWith,
			},
		})
	}
	return site
}

// metadata are the headers that deployments of the template give to objects.
func (d *Distribution) metadata(bucket *cfn.Resource) func(key string) http.Header {
	deployments := d.app.cfn.Deployments(bucket)
	return func(key string) http.Header {
		header := http.Header{}
		for _, deployment := range deployments {
			if !strings.HasPrefix(key, deployment.Prefix) {
				continue
			}
			for name, value := range deployment.SystemMetadata {
				header.Set(name, value)
			}
			for name, value := range deployment.UserMetadata {
				header.Set("X-Amz-Meta-"+name, value)
			}
		}
		return header
	}
}

// deployed opens the content that the template deploys into a bucket.
func (d *Distribution) deployed(o *origin) (layers, error) {
	var files layers
	for _, deployment := range d.app.cfn.Deployments(o.resource) {
		if deployment.Path == "" {
			continue
		}
		layer, err := openAsset(o, deployment.Path)
		if err != nil {
			return nil, err
		}
		files = append(files, prefixed{strings.TrimSuffix(deployment.Prefix, "/"), layer, deployment})
	}
	return files, nil
}

func openAsset(o *origin, path string) (fs.FS, error) {
	if info, err := os.Stat(path); err != nil || info.IsDir() {
		return os.DirFS(path), err
	}
	archive, err := zip.OpenReader(path)
	if err != nil {
		return nil, err
	}
	o.onClose(archive.Close)
	return archive, nil
}
