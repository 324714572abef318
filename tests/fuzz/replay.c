/* Feeds every file of the folders given to a fuzz harness: a corpus as a test, without libFuzzer. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static int feed(const char *path)
{
	FILE *const f = fopen(path, "rb");
	uint8_t *data;
	long n;

	if (f == NULL || fseek(f, 0, SEEK_END) != 0 || (n = ftell(f)) < 0 || fseek(f, 0, SEEK_SET) != 0) {
		perror(path);
		return 1;
	}
	/* Exactly n bytes on the heap: a read past the end is seen. */
	data = malloc(n > 0 ? (size_t)n : 1);
	if (data == NULL || fread(data, 1, (size_t)n, f) != (size_t)n)
		abort();
	fclose(f);
	(void)LLVMFuzzerTestOneInput(data, (size_t)n);
	free(data);
	return 0;
}

static int feed_folder(const char *dir, int *count)
{
	DIR *const d = opendir(dir);
	const struct dirent *f;
	char path[4096];
	int bad = 0;

	if (d == NULL) {
		perror(dir);
		return 1;
	}
	while ((f = readdir(d)) != NULL) {
		if (f->d_name[0] == '.')
			continue;
		if (snprintf(path, sizeof(path), "%s/%s", dir, f->d_name) >= (int)sizeof(path))
			abort();
		bad |= feed(path);
		++*count;
	}
	closedir(d);
	return bad;
}

int main(int argc, char **argv)
{
	int bad = 0, count = 0;

	for (int i = 1; i < argc; i++)
		bad |= feed_folder(argv[i], &count);
	printf("%d inputs\n", count);
	return bad != 0 || count == 0;
}
