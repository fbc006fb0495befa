// Command plugin measures HashiCorp's go-plugin, for the report of dorcas-benches: it answers orders, a line of JSON
// each. The plugin is a process of this same program, which go-plugin starts and reaches over a Unix socket.
//
//	plugin netrpc    by Go's net/rpc
//	plugin grpc      by gRPC
//
// What an order means is worded in benches/src/measurement.rs, what is said in benches/src/protocol.rs. The service does
// what benches/src/transport/service.rs does.
package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime/debug"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
)

type greeting struct {
	Subject string `json:"subject"`
	Version string `json:"version"`
}

type order struct {
	Measure string `json:"measure"`
	Request string `json:"request"`
	Times   int    `json:"times"`
}

type done struct {
	Nanoseconds int64  `json:"nanoseconds"`
	Reply       string `json:"reply"`
}

type reason struct {
	Why string `json:"why"`
}

// Exactly one of the three is there.
type answer struct {
	Done    *done   `json:"done,omitempty"`
	Missing *reason `json:"missing,omitempty"`
	Failed  *reason `json:"failed,omitempty"`
}

// What is the same in the host and the plugin. go-plugin sets the variable for the processes that it starts.
var handshake = plugin.HandshakeConfig{ProtocolVersion: 1, MagicCookieKey: "DORCAS_BENCHES_PLUGIN", MagicCookieValue: "service"}

var plugins = map[string]plugin.PluginSet{
	"netrpc": {"service": overNetRPC{}},
	"grpc":   {"service": overGRPC{}},
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "plugin:", err)
		os.Exit(1)
	}
}

func run(arguments []string) error {
	if len(arguments) != 1 || plugins[arguments[0]] == nil {
		return errors.New("usage: plugin netrpc|grpc")
	}
	protocol := arguments[0]
	if os.Getenv(handshake.MagicCookieKey) != "" {
		config := &plugin.ServeConfig{HandshakeConfig: handshake, Plugins: plugins[protocol], Logger: hclog.NewNullLogger()}
		if protocol == "grpc" {
			config.GRPCServer = plugin.DefaultGRPCServer
		}
		plugin.Serve(config)
		return nil
	}
	return measure(protocol)
}

func measure(protocol string) error {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	client := plugin.NewClient(&plugin.ClientConfig{
		HandshakeConfig:  handshake,
		Plugins:          plugins[protocol],
		Cmd:              exec.Command(program, protocol),
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolNetRPC, plugin.ProtocolGRPC},
		Logger:           hclog.NewNullLogger(),
		SyncStdout:       io.Discard,
		SyncStderr:       io.Discard,
	})
	defer client.Kill()
	connection, err := client.Client()
	if err != nil {
		return err
	}
	dispensed, err := connection.Dispense("service")
	if err != nil {
		return err
	}
	remote := dispensed.(service)

	say := json.NewEncoder(os.Stdout)
	name := map[string]string{"netrpc": "go-plugin, net/rpc", "grpc": "go-plugin, gRPC"}[protocol]
	if err := say.Encode(greeting{name, version()}); err != nil {
		return err
	}
	orders := bufio.NewScanner(os.Stdin)
	for orders.Scan() {
		if err := say.Encode(reply(remote, orders.Bytes())); err != nil {
			return err
		}
	}
	return orders.Err()
}

func version() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, module := range info.Deps {
			if module.Path == "github.com/hashicorp/go-plugin" {
				return module.Version + ", " + info.GoVersion
			}
		}
	}
	return "unknown"
}

func reply(remote service, line []byte) answer {
	var order order
	if err := json.Unmarshal(line, &order); err != nil {
		return answer{Failed: &reason{"not an order: " + err.Error()}}
	}
	var work work
	var call func([]byte) ([]byte, error)
	switch order.Measure {
	case "service_echo":
		work, call = echo, remote.Echo
	case "service_work":
		work, call = hash, remote.Hash
	default:
		return answer{Missing: &reason{"it carries messages, no more"}}
	}
	message, err := os.ReadFile(order.Request)
	if err != nil {
		return answer{Failed: &reason{err.Error()}}
	}
	took, last, err := exchange(call, work, message, order.Times)
	if err != nil {
		return answer{Failed: &reason{err.Error()}}
	}
	sum := sha256.Sum256(last)
	return answer{Done: &done{took.Nanoseconds(), hex.EncodeToString(sum[:])}}
}

// exchange calls so many times and compares each reply with what the work gives here, as measure in benches/src/transport/mod.rs does. The message that was ordered is the last one.
func exchange(call func([]byte) ([]byte, error), work work, message []byte, times int) (time.Duration, []byte, error) {
	const variants = 4
	var messages, replies [variants][]byte
	for variant := range messages {
		messages[variant] = bytes.Clone(message)
		messages[variant][0] ^= byte(variant)
		replies[variant] = work(messages[variant])
	}
	var last []byte
	started := time.Now()
	for left := times - 1; left >= 0; left-- {
		variant := left % variants
		var err error
		if last, err = call(messages[variant]); err != nil {
			return 0, nil, err
		}
		if !bytes.Equal(last, replies[variant]) {
			return 0, nil, fmt.Errorf("the reply to %d bytes is another", len(message))
		}
	}
	return time.Since(started), last, nil
}

// A service, here or elsewhere.
type service interface {
	Echo(message []byte) ([]byte, error)
	Hash(message []byte) ([]byte, error)
}

// What is done with a message, natively.
type work func(message []byte) []byte

func echo(message []byte) []byte {
	return bytes.Clone(message)
}

// hash is the message and behind it its FNV-1a of 64 bits.
func hash(message []byte) []byte {
	sum := uint64(0xcbf29ce484222325)
	for _, each := range message {
		sum = (sum ^ uint64(each)) * 0x100000001b3
	}
	reply := append(make([]byte, 0, len(message)+8), message...)
	return binary.LittleEndian.AppendUint64(reply, sum)
}
