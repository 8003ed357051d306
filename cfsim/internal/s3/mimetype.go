package s3

import (
	"path"
	"strings"
)

// defaultType is the Content-Type of an object that was stored without one.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
const defaultType = "binary/octet-stream"

// ContentType is the Content-Type that a deployment gives an object. The AWS CLI,
// and CDK's BucketDeployment that runs it, guess by the extension alone, and
// name no character set. What they do not know they send without a type, and
// then S3 has "binary/octet-stream".
//
// The CLI's table depends on the version of Python it comes with and on the
// machine; this is that of current versions, web fonts included. The types of
// this machine are not asked.
// https://docs.python.org/3/library/mimetypes.html
func ContentType(key string) string {
	name := path.Base(key)
	for {
		ext := extension(name)
		if long, ok := shorthands[strings.ToLower(ext)]; ok {
			name = strings.TrimSuffix(name, ext) + long
			continue
		}
		if !compressed[ext] {
			break
		}
		// The CLI guesses the type of what was compressed, and does not set
		// Content-Encoding: "app.js.gz" is JavaScript that no browser can read.
		name = strings.TrimSuffix(name, ext)
	}
	if t, ok := types[strings.ToLower(extension(name))]; ok {
		return t
	}
	return defaultType
}

// extension is that of a file name, "" where the only dot is the first character:
// ".html" is a name.
func extension(name string) string {
	trimmed := strings.TrimLeft(name, ".")
	i := strings.LastIndexByte(trimmed, '.')
	if i < 0 {
		return ""
	}
	return trimmed[i:]
}

var (
	shorthands = map[string]string{".svgz": ".svg.gz", ".tgz": ".tar.gz", ".taz": ".tar.gz", ".tz": ".tar.gz", ".tbz2": ".tar.bz2", ".txz": ".tar.xz"}
	compressed = map[string]bool{".gz": true, ".Z": true, ".bz2": true, ".xz": true, ".br": true}
)

// types by extension in lower case.
var types = byExtension(`
	application/epub+zip            epub
	application/json                json
	application/manifest+json       webmanifest
	application/msword              doc dot wiz
	application/n-quads             nq
	application/n-triples           nt
	application/octet-stream        a bin dll exe o obj so
	application/oda                 oda
	application/ogg                 ogx
	application/pdf                 pdf
	application/pkcs7-mime          p7c
	application/postscript          ai eps ps
	application/rtf                 rtf
	application/trig                trig
	application/vnd.apple.mpegurl   m3u m3u8
	application/vnd.ms-excel        xls xlb
	application/vnd.ms-fontobject   eot
	application/vnd.ms-powerpoint   pot ppa pps ppt pwz
	application/vnd.openxmlformats-officedocument.presentationml.presentation pptx
	application/vnd.openxmlformats-officedocument.spreadsheetml.sheet         xlsx
	application/vnd.openxmlformats-officedocument.wordprocessingml.document   docx
	application/wasm                wasm
	application/x-7z-compressed     7z
	application/x-csh               csh
	application/x-gtar              gtar
	application/x-hdf5              h5
	application/x-latex             latex
	application/x-pkcs12            p12 pfx
	application/x-python-code       pyc pyo
	application/x-sh                sh
	application/x-shockwave-flash   swf
	application/x-tar               tar
	application/x-tcl               tcl
	application/x-tex               tex
	application/x-troff             roff t tr
	application/xml                 rdf wsdl xpdl xsl
	application/yaml                yaml yml
	application/zip                 zip
	audio/3gpp                      3gp 3gpp
	audio/3gpp2                     3g2 3gpp2
	audio/aac                       aac adts ass loas
	audio/basic                     au snd
	audio/flac                      flac
	audio/midi                      mid midi
	audio/mp4                       m4a
	audio/mpeg                      mp2 mp3
	audio/ogg                       oga ogg
	audio/opus                      opus
	audio/x-aiff                    aif aifc aiff
	audio/x-wav                     wav
	font/otf                        otf
	font/ttf                        ttf
	font/woff                       woff
	font/woff2                      woff2
	image/avif                      avif
	image/bmp                       bmp
	image/gif                       gif
	image/heic                      heic
	image/heif                      heif
	image/jpeg                      jpe jpeg jpg
	image/png                       png
	image/svg+xml                   svg
	image/tiff                      tif tiff
	image/vnd.microsoft.icon        ico
	image/webp                      webp
	image/x-portable-anymap         pnm
	image/x-portable-bitmap         pbm
	image/x-portable-graymap        pgm
	image/x-portable-pixmap         ppm
	image/x-rgb                     rgb
	image/x-xbitmap                 xbm
	image/x-xpixmap                 xpm
	message/rfc822                  eml mht mhtml nws
	model/gltf+json                 gltf
	model/gltf-binary               glb
	text/css                        css
	text/csv                        csv
	text/html                       htm html
	text/javascript                 js mjs
	text/markdown                   markdown md
	text/n3                         n3
	text/plain                      bat c h ksh pl srt txt
	text/richtext                   rtx
	text/tab-separated-values       tsv
	text/vtt                        vtt
	text/x-python                   py
	text/x-sgml                     sgm sgml
	text/x-vcard                    vcf
	text/xml                        xml
	video/matroska                  mkv
	video/mp4                       mp4
	video/mpeg                      m1v mpa mpe mpeg mpg
	video/ogg                       ogv
	video/quicktime                 mov qt
	video/webm                      webm
	video/x-ms-wmv                  wmv
	video/x-msvideo                 avi
`)

func byExtension(table string) map[string]string {
	types := map[string]string{}
	for line := range strings.Lines(table) {
		fields := strings.Fields(line)
		for _, ext := range fields[min(1, len(fields)):] {
			types["."+ext] = fields[0]
		}
	}
	return types
}
