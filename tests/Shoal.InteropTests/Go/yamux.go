// A yamux peer on hashicorp/yamux, the implementation that the protocol comes from, over plain TCP.
//
//	yamux listen          prints its port; echoes every stream of every connection, and opens one stream itself that says "from go"
//	yamux dial ADDRESS    echoes every stream; opens streams itself that check what comes back; exits with 0 when all did
package main

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"io"
	"net"
	"os"

	"github.com/hashicorp/yamux"
)

func main() {
	if os.Args[1] == "listen" {
		listen()
		return
	}
	connection, err := net.Dial("tcp", os.Args[2])
	check(err)
	session, err := yamux.Client(connection, config())
	check(err)
	go echoAll(session)
	done := make(chan error)
	const streams = 50
	for i := 0; i < streams; i++ {
		go func(size int) { done <- roundTrip(session, size) }(1 + i*20000)
	}
	for i := 0; i < streams; i++ {
		check(<-done)
	}
	check(session.Close())
}

func listen() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	for {
		connection, err := listener.Accept()
		check(err)
		session, err := yamux.Server(connection, config())
		check(err)
		go echoAll(session)
		go greet(session)
	}
}

func greet(session *yamux.Session) {
	stream, err := session.Open()
	if err != nil {
		return
	}
	stream.Write([]byte("from go"))
	stream.Close()
}

func echoAll(session *yamux.Session) {
	for {
		stream, err := session.AcceptStream()
		if err != nil {
			return
		}
		go func() {
			io.Copy(stream, stream)
			stream.Close()
		}()
	}
}

// Sends random bytes and wants the same back. This library stops reading when it closes, so it closes last.
func roundTrip(session *yamux.Session, size int) error {
	stream, err := session.OpenStream()
	if err != nil {
		return err
	}
	sent := make([]byte, size)
	rand.Read(sent)
	go stream.Write(sent)
	got := make([]byte, size)
	if n, err := io.ReadFull(stream, got); err != nil {
		return fmt.Errorf("%d of %d bytes came back: %w", n, size, err)
	}
	if !bytes.Equal(got, sent) {
		return fmt.Errorf("other bytes than the %d sent came back", size)
	}
	return stream.Close()
}

func config() *yamux.Config {
	config := yamux.DefaultConfig()
	config.LogOutput = os.Stderr
	return config
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
