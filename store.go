package cfrouter

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/jsii-runtime-go"

	"github.com/cfrouter/cfrouter/edgefn"
)

// A function has one key-value store at most, which CloudFront fills when it is
// made and not again. Its name therefore ends in a hash of its content: other
// content is another store, and with it another function. What was changed in the
// store by hand lasts as long as the content that the Router declares stays the
// same.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/kvs-with-functions-create.html)

// emitStore makes the store if anything is to be kept in it.
func (r *router) emitStore() {
	e := r.emitted
	e.entries = append(append([]edgefn.Entry(nil), r.entries...), e.program.Entries...)
	if len(e.entries) == 0 && !e.program.Stored {
		return
	}
	props := &awscloudfront.KeyValueStoreProps{
		KeyValueStoreName: globalName(r, hash(storeJson(e.entries))[:8]),
		Comment:           jsii.String(ending("Keys and values of "+*r.Node().Path(), 128)),
	}
	if len(e.entries) > 0 { // whether an empty file can be imported is not stated
		props.Source = awscloudfront.ImportSource_FromInline(jsii.String(storeJson(e.entries)))
	}
	store := awscloudfront.NewKeyValueStore(r, jsii.String("Store"), props)
	r.store = store
	associate(r.function, store)
	r.output("KeyValueStoreArn", store.KeyValueStoreArn(), "For switches and weights: aws cloudfront-keyvaluestore put-key --kvs-arn")
}

// associate gives a function the store. Its construct takes one when it is made
// only, which is before it is known whether there is one.
func associate(function awscloudfront.Function, store awscloudfront.KeyValueStore) {
	cfn := function.Node().DefaultChild().(awscloudfront.CfnFunction)
	cfn.AddPropertyOverride(jsii.String("FunctionConfig.KeyValueStoreAssociations"), []any{
		map[string]any{"KeyValueStoreARN": store.KeyValueStoreArn()},
	})
}

// storeJson is the content of a store in the form in which CloudFront imports it.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/kvs-with-functions-create-s3-kvp.html)
func storeJson(entries []edgefn.Entry) string {
	type pair struct {
		Key   string `json:"key"`
		Value string `json:"value"`
	}
	data := []pair{}
	for _, entry := range entries {
		data = append(data, pair(entry))
	}
	text, err := json.Marshal(map[string]any{"data": data})
	if err != nil {
		panic(err) // strings can always be marshalled
	}
	return string(text)
}

// emitResponseFunction makes the viewer-response function if a route has
// something to change there.
func (r *router) emitResponseFunction() {
	code := r.emitted.program.Response
	if code == "" {
		return
	}
	all, reads := code, r.store != nil && readsStore(code)
	if reads {
		all += storeJson(r.emitted.entries)
	}
	r.response = awscloudfront.NewFunction(r, jsii.String("ResponseFunction"), &awscloudfront.FunctionProps{
		FunctionName: globalName(r, hash(all)[:8]+"-r"),
		Code:         awscloudfront.FunctionCode_FromInline(jsii.String(code)),
		Runtime:      awscloudfront.FunctionRuntime_JS_2_0(),
		Comment:      jsii.String(ending("Responses of "+*r.Node().Path(), 128)),
	})
	if reads {
		associate(r.response, r.store)
	}
}

// readsStore reports whether the viewer-response function reads the store: the
// Router's own part of it does not, and other code has to say cf.kvs for it.
func readsStore(code string) bool { return strings.Contains(code, "kvs") }

// readSwitches takes over what NewRouter was given for the store and for switches
// in it.
func (r *router) readSwitches(props *RouterProps) error {
	var err error
	if r.entries, err = entriesOf(props); err != nil {
		return err
	}
	if props.Dispatch != "" && props.Dispatch != Dispatch_BEHAVIORS && props.Dispatch != Dispatch_EDGE {
		return fmt.Errorf("Dispatch is %q: use Dispatch_BEHAVIORS or Dispatch_EDGE, or leave it out", props.Dispatch)
	}
	if props.Maintenance != nil {
		r.maintenance = maintenanceOf(props.Maintenance)
	}
	return nil
}
