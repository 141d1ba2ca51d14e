// Writes ../src/schema/kubernetes.txt: the part of the OpenAPI schema of Kubernetes 1.21.2 (the one that kustomize 5.8.1
// carries) that decides how strategic merge patches work, namely which kinds have no namespace, and by which keys the
// elements of which lists are merged. Run it with `go run . > ../src/schema/kubernetes.txt`.
package main

import (
	"fmt"
	"os"
	"sort"
	"strings"

	"k8s.io/kube-openapi/pkg/validation/spec"
	"sigs.k8s.io/kustomize/kyaml/openapi"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// A node of the graph that is written: only those that lead to a list which is merged by key are kept.
type node struct {
	merge  bool
	keys   []string
	items  *node
	each   *node
	fields map[string]*node
	id     int
	useful bool
}

var (
	definitions spec.Definitions
	named       = map[string]*node{}
	all         []*node
)

func main() {
	definitions = openapi.Schema().Definitions
	var names []string
	for name := range definitions {
		names = append(names, name)
	}
	sort.Strings(names)
	var roots, cluster []string
	type root struct {
		text string
		node *node
	}
	var found []root
	for _, name := range names {
		byName(name)
		d := definitions[name]
		gvks, _ := d.Extensions["x-kubernetes-group-version-kind"].([]interface{})
		for _, gvk := range gvks {
			m := gvk.(map[string]interface{})
			apiVersion := m["version"].(string)
			if g, _ := m["group"].(string); g != "" {
				apiVersion = g + "/" + apiVersion
			}
			kind := m["kind"].(string)
			found = append(found, root{apiVersion + " " + kind, byName(name)})
			t := yaml.TypeMeta{APIVersion: apiVersion, Kind: kind}
			if namespaced, known := openapi.IsNamespaceScoped(t); known && namespaced {
				cluster = append(cluster, "namespaced "+apiVersion+" "+kind)
			} else if known {
				cluster = append(cluster, "cluster "+apiVersion+" "+kind)
			}
		}
	}
	// Usefulness spreads from merged lists to what contains them until nothing changes: definitions may be recursive.
	for changed := true; changed; {
		changed = false
		for _, n := range all {
			if !n.useful && (n.merge || anyUseful(n)) {
				n.useful, changed = true, true
			}
		}
	}
	next := 0
	for _, n := range all {
		if n.useful {
			n.id = next
			next++
		}
	}
	fmt.Println("# Kubernetes 1.21.2, written by generate/main.go: `node` lines count from 0.")
	for _, n := range all {
		if n.useful {
			fmt.Println(line(n))
		}
	}
	for _, name := range names {
		if named[name] != nil && named[name].useful {
			fmt.Printf("name %s %d\n", name, named[name].id)
		}
	}
	for _, r := range found {
		if r.node.useful {
			roots = append(roots, fmt.Sprintf("root %s %d", r.text, r.node.id))
		}
	}
	for _, lines := range [][]string{roots, cluster} {
		sort.Strings(lines)
		for _, l := range lines {
			fmt.Println(l)
		}
	}
	if next == 0 {
		os.Exit(1)
	}
}

func anyUseful(n *node) bool {
	for _, f := range n.fields {
		if f.useful {
			return true
		}
	}
	return n.items != nil && n.items.useful || n.each != nil && n.each.useful
}

func line(n *node) string {
	parts := []string{"node"}
	if n.merge {
		parts = append(parts, "merge="+strings.Join(n.keys, ","))
	}
	if n.items != nil && n.items.useful {
		parts = append(parts, fmt.Sprintf("items=%d", n.items.id))
	}
	if n.each != nil && n.each.useful {
		parts = append(parts, fmt.Sprintf("each=%d", n.each.id))
	}
	var names []string
	for name, f := range n.fields {
		if f.useful {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	for _, name := range names {
		parts = append(parts, fmt.Sprintf(".%s=%d", name, n.fields[name].id))
	}
	return strings.Join(parts, " ")
}

func byName(name string) *node {
	if n, ok := named[name]; ok {
		return n
	}
	d, ok := definitions[name]
	if !ok {
		return nil
	}
	n := &node{}
	all = append(all, n)
	named[name] = n
	fill(n, &d)
	return n
}

// The node that a schema stands for. A reference loses what stands beside it, except that the place of use tells the
// strategy of a list in the definitions of Kubernetes, where lists are never references.
func of(s *spec.Schema) *node {
	if ref := s.Ref.String(); ref != "" {
		return byName(strings.TrimPrefix(ref, "#/definitions/"))
	}
	n := &node{}
	all = append(all, n)
	fill(n, s)
	return n
}

func fill(n *node, s *spec.Schema) {
	strategy, keys := (&openapi.ResourceSchema{Schema: s}).PatchStrategyAndKeyList()
	for _, part := range strings.Split(strategy, ",") {
		if part == "merge" {
			n.merge, n.keys = true, keys
		}
	}
	if len(s.Type) == 1 && s.Type[0] == "array" && s.Items != nil && s.Items.Schema != nil {
		n.items = of(s.Items.Schema)
	}
	if s.AdditionalProperties != nil && s.AdditionalProperties.Schema != nil {
		n.each = of(s.AdditionalProperties.Schema)
	}
	var names []string
	for name := range s.Properties {
		names = append(names, name)
	}
	sort.Strings(names)
	n.fields = map[string]*node{}
	for _, name := range names {
		p := s.Properties[name]
		if child := of(&p); child != nil {
			n.fields[name] = child
		}
	}
}
