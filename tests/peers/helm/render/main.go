// Command render renders a chart with Helm's library, again and again, and prints what one render takes. It is what the
// benches of Bowline's own renderer are measured beside: the same work in the same process, without starting one.
//
//	helm-render CHART SECONDS THREADS
//
// It prints one JSON object: micros (of one render from files that are in memory already, loading included), rate (renders a
// second on all threads), allocations and bytes (of one render), output (bytes that came out).
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/common/util"
	"helm.sh/helm/v4/pkg/chart/loader/archive"
	v2 "helm.sh/helm/v4/pkg/chart/v2/loader"
	chartutil "helm.sh/helm/v4/pkg/chart/v2/util"
	"helm.sh/helm/v4/pkg/engine"
	releaseutil "helm.sh/helm/v4/pkg/release/v1/util"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "helm-render:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 3 {
		return fmt.Errorf("takes CHART SECONDS THREADS")
	}
	files, err := read(args[0])
	if err != nil {
		return err
	}
	seconds, err := strconv.ParseFloat(args[1], 64)
	if err != nil {
		return err
	}
	threads, err := strconv.Atoi(args[2])
	if err != nil {
		return err
	}
	output, err := render(files)
	if err != nil {
		return err
	}

	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	const counted = 20
	for range counted {
		if _, err := render(files); err != nil {
			return err
		}
	}
	runtime.ReadMemStats(&after)

	times := make([]int, threads)
	begin := time.Now()
	until := begin.Add(time.Duration(seconds * float64(time.Second)))
	var group sync.WaitGroup
	for thread := range threads {
		group.Go(func() {
			for time.Now().Before(until) {
				if _, err := render(files); err != nil {
					panic(err)
				}
				times[thread]++
			}
		})
	}
	group.Wait()
	all := 0
	for _, n := range times {
		all += n
	}
	passed := time.Since(begin).Seconds()
	return json.NewEncoder(os.Stdout).Encode(map[string]float64{
		"micros":      passed * 1e6 * float64(threads) / float64(all),
		"rate":        float64(all) / passed,
		"allocations": float64(after.Mallocs-before.Mallocs) / counted,
		"bytes":       float64(after.TotalAlloc-before.TotalAlloc) / counted,
		"output":      float64(output),
	})
}

// read gives the files of a chart's directory.
func read(directory string) ([]*archive.BufferedFile, error) {
	var files []*archive.BufferedFile
	err := filepath.Walk(directory, func(path string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(directory, path)
		if err != nil {
			return err
		}
		files = append(files, &archive.BufferedFile{Name: filepath.ToSlash(name), Data: data})
		return nil
	})
	return files, err
}

// render does what `helm template` does with a chart and no values of a user, and gives the size of the text.
func render(files []*archive.BufferedFile) (int, error) {
	// Loading renames the files of dependencies.
	own := make([]*archive.BufferedFile, len(files))
	for i, file := range files {
		copied := *file
		own[i] = &copied
	}
	chart, err := v2.LoadFiles(own)
	if err != nil {
		return 0, err
	}
	values := map[string]any{}
	if err := chartutil.ProcessDependencies(chart, values); err != nil {
		return 0, err
	}
	options := common.ReleaseOptions{Name: "rel", Namespace: "ns1", Revision: 1, IsInstall: true}
	all, err := util.ToRenderValues(chart, values, options, common.DefaultCapabilities)
	if err != nil {
		return 0, err
	}
	rendered, err := engine.Render(chart, all)
	if err != nil {
		return 0, err
	}
	for name := range rendered {
		if strings.HasSuffix(name, "NOTES.txt") {
			delete(rendered, name)
		}
	}
	_, manifests, err := releaseutil.SortManifests(rendered, nil, releaseutil.InstallOrder)
	if err != nil {
		return 0, err
	}
	var out strings.Builder
	for _, manifest := range manifests {
		fmt.Fprintf(&out, "---\n# Source: %s\n%s\n", manifest.Name, manifest.Content)
	}
	return out.Len(), nil
}
